"""The store: races of real processes, kill -9 at every step, editors, and what survives a rewrite."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from batchpack import files
from batchpack.clock import now
from batchpack.errors import Busy, Unwritable
from batchpack.tasks import store
from batchpack.tasks.changes import blocking, completing
from batchpack.tasks.loading import NoFeature, load
from batchpack.tasks.values import Feature, Refused, Subtask
from tests.support.project import Project
from tests.support.task_races import check_after_kill, complete_killed, race, race_of_completes
from tests.support.tasks import TASK_CLI, read, subtask, task_cli, without_privileges, write_feature


def test_sixteen_complete_at_once(project: Project) -> None:
    """Of sixteen processes that complete sixteen subtasks at once none fails and none's work is lost, in 20 rounds."""
    tasks = project.folder / ".tmp" / "tasks"
    for number in range(20):
        assert len(race_of_completes(project, tasks, f"round-{number}")) == 16


def test_one_start_wins(project: Project) -> None:
    """Of eight agents that start the same subtask at once exactly one gets it, and its name is in the file."""
    folder = write_feature(project.folder / ".tmp" / "tasks", "f", subtask("f", "01"))
    ended = race(project, [["start", "f", "01", "--agent", f"agent-{number}"] for number in range(8)])
    winners = [number for number, (code, _, _) in enumerate(ended) if code == 0]
    assert [read(folder / "subtask_01.json")["agent_id"]] == [f"agent-{number}" for number in winners]
    assert all("was started by" in said for code, _, said in ended if code)


def test_killed_at_every_step(project: Project) -> None:
    """A completion killed before any of its steps leaves whole files and right counts, and the next try ends it."""
    tasks = project.folder / ".tmp" / "tasks"
    step, code = 0, -9
    while code == -9:
        step += 1
        folder = write_feature(
            tasks, f"k{step}", subtask(f"k{step}", "01", status="completed"), subtask(f"k{step}", "02")
        )
        code = complete_killed(project, f"k{step}", "02", step)
        check_after_kill(folder, "02")
    assert code == 0
    assert step > 15


def test_lock_of_a_dead_process(project: Project) -> None:
    """A lock file that a killed process left does not hold anybody up."""
    folder = write_feature(project.folder / ".tmp" / "tasks", "f", subtask("f", "01"))
    assert complete_killed(project, "f", "01", 2) == -9
    assert (folder.parent / ".f.lock").is_file()
    task_cli(project, "complete", "f", "01", "done").assert_ok()


def test_lock_that_is_held(tmp_path: Path) -> None:
    """A lock that a living process holds is told as busy after the wait."""
    lock = tmp_path / ".f.lock"
    with files.locked(lock, "feature f"), pytest.raises(Busy, match="feature f is in use"):
        files._await_lock(os.open(lock, os.O_RDWR), lock, "feature f", 0.05)


HAND_WRITTEN = """{
    "seq": "01",
    "zebra": {"kept": [1, 2.5, null, "ü \\ud83d\\ude00"]},
    "id": "f-01",
    "title": "Ä title",
    "status": "pending",
    "started_at": "2999-01-01T00:00:00.000Z",
    "aardvark": true
}
"""


def test_unknown_keys_survive(tmp_path: Path) -> None:
    """A rewrite keeps unknown keys, their order and a final line end; lists that were missing stay missing."""
    folder = write_feature(tmp_path, "f", extra={"b": 1, "a": 2})
    (folder / "subtask_01.json").write_text(HAND_WRITTEN)
    store.change(tmp_path, "f", "01", completing("done"))
    text = (folder / "subtask_01.json").read_text()
    known = ["seq", "zebra", "id", "title", "status", "started_at", "aardvark", "completed_at", "completion_summary"]
    assert known == list(json.loads(text))
    assert (json.loads(text)["zebra"], text[-2:], text[:10]) == ({"kept": [1, 2.5, None, "ü 😀"]}, "}\n", '{\n  "seq":')
    assert list(read(folder / "task.json"))[-1] == "extra"


def test_clock_that_went_back(tmp_path: Path) -> None:
    """A subtask never ends before it started, also when the clock went back since."""
    folder = write_feature(tmp_path, "f", subtask("f", "01", started_at="2999-01-01T00:00:00.000Z"))
    store.change(tmp_path, "f", "01", completing("done"))
    assert read(folder / "subtask_01.json")["completed_at"] == "2999-01-01T00:00:00.000Z"


def test_an_odd_earlier_time_is_not_compared_with() -> None:
    """The present is taken where the earlier entry is of another form."""
    assert store.not_before("tomorrow") <= now()


def test_an_editor_in_between(tmp_path: Path) -> None:
    """What an editor saves between our reading and our writing is not overwritten: the change is made anew on it."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    file = folder / "subtask_01.json"
    looks = []

    def decide(feature: Feature, found: Subtask) -> store.Update:
        looks.append(found.title)
        if len(looks) == 1:
            file.write_text(json.dumps({**found.data, "title": "Edited"}))
        return {"status": "completed"}

    store.change(tmp_path, "f", "01", decide)
    assert (["Task 01", "Edited"], "Edited", "completed") == (looks, read(file)["title"], read(file)["status"])


def test_an_editor_that_never_stops(tmp_path: Path) -> None:
    """After a few tries against somebody who writes all the time the change is given up, with nothing lost."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    tries = []

    def decide(feature: Feature, found: Subtask) -> store.Update:
        tries.append(0)
        (folder / "subtask_01.json").write_text(json.dumps({**found.data, "tries": len(tries)}))
        return {"status": "completed"}

    with pytest.raises(files.Changed):
        store.change(tmp_path, "f", "01", decide)
    assert (store.ATTEMPTS, store.ATTEMPTS) == (len(tries), read(folder / "subtask_01.json")["tries"])


def test_somebody_who_writes_the_task_file_all_the_time(tmp_path: Path) -> None:
    """A completion ends well, and once, while another program without our lock saves task.json again and again."""
    folder = write_feature(tmp_path, "f", *(subtask("f", f"{number:02d}") for number in range(1, 9)))
    task = read(folder / "task.json")
    over = threading.Event()

    def save() -> None:
        number = 0
        while not over.is_set():
            number += 1
            (folder / "task.json~").write_text(json.dumps({**task, "saved": number}))
            (folder / "task.json~").rename(folder / "task.json")

    saving = threading.Thread(target=save)
    saving.start()
    try:
        for number in range(1, 9):
            store.change(tmp_path, "f", f"{number:02d}", completing("done"))
    finally:
        over.set()
        saving.join()
    assert load(tmp_path, "f").count("completed") == 8


def test_counts_mend_themselves(tmp_path: Path) -> None:
    """Any change sets the counts by the subtask files; a count that announces more subtasks is kept."""
    folder = write_feature(
        tmp_path, "f", subtask("f", "01", status="completed"), subtask("f", "02"), completed_count=7, subtask_count=9
    )
    feature, _ = store.change(tmp_path, "f", "02", blocking("no"))
    counts = read(folder / "task.json")
    assert (1, 9, 1) == (counts["completed_count"], counts["subtask_count"], (feature.task or {})["completed_count"])
    with pytest.raises(Refused, match="completed already"):
        store.change(tmp_path, "f", "01", completing("again"))


def test_a_refused_change_mends_counts_too(tmp_path: Path) -> None:
    """A completion that is refused because it was done already still mends the count that a crash left behind."""
    folder = write_feature(tmp_path, "f", subtask("f", "01", status="completed"), completed_count=0)
    with pytest.raises(Refused):
        store.change(tmp_path, "f", "01", completing("again"))
    assert read(folder / "task.json")["completed_count"] == 1


def test_broken_task_file(tmp_path: Path) -> None:
    """A broken task.json does not stop a completion; it is told and left as it is."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "task.json").write_text('{"id": "f", "id": "g"}')
    feature, done = store.change(tmp_path, "f", "01", completing("done"))
    assert ("completed", '{"id": "f", "id": "g"}') == (done.status, (folder / "task.json").read_text())
    assert ["the key 'id' stands twice"] == [problem.reason for problem in feature.problems]


def test_half_a_surrogate_survives(tmp_path: Path) -> None:
    """A text that UTF-8 cannot hold is written as the escape that it was."""
    folder = write_feature(tmp_path, "f", subtask("f", "01", odd="\ud800"))
    store.change(tmp_path, "f", "01", completing("done"))
    assert read(folder / "subtask_01.json")["odd"] == "\ud800"


def test_leftovers_are_swept(tmp_path: Path) -> None:
    """The next writer removes temporary files of killed ones, and nothing else."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    for name in (".task.json.ab.tmp", ".subtask_01.json.cd.tmp", ".mine.tmp"):
        (folder / name).write_text("")
    store.change(tmp_path, "f", "01", completing("done"))
    assert {".mine.tmp", "task.json", "subtask_01.json"} == {file.name for file in folder.iterdir()}


def test_nothing_is_made_for_an_unknown_feature(tmp_path: Path) -> None:
    """A change of a feature that is not there leaves no lock behind."""
    with pytest.raises(NoFeature):
        store.change(tmp_path, "f", "01", completing("done"))
    assert [] == list(tmp_path.iterdir())


def test_a_read_only_file(tmp_path: Path) -> None:
    """A subtask file that somebody made read-only is not replaced; a task.json is told, and the completion stands."""
    tasks = tmp_path / "tasks"
    folder = write_feature(tasks, "f", subtask("f", "01"), subtask("f", "02"))
    before = (folder / "subtask_01.json").read_bytes()
    for name in ("subtask_01.json", "task.json"):
        (folder / name).chmod(0o444)
    project = Project(tmp_path)
    named = {"BATCHPACK_TASKS_DIR": str(tasks)}
    command = [*without_privileges(), TASK_CLI, "complete", "f"]
    project.execute([*command, "01", "done"], env=named).assert_failed("subtask_01.json: it is read-only", "writable")
    assert before == (folder / "subtask_01.json").read_bytes()
    done = project.execute([*command, "02", "done"], env=named).assert_ok()
    assert read(folder / "subtask_02.json")["status"] == "completed"
    assert read(folder / "task.json")["completed_count"] == 0
    assert "its counts could not be written (it is read-only)" in done.err


SMALL_FILES = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """A completion that runs out of room at either file says so, and what is on disk is whole."""
    tasks = tmp_path / "tasks"
    folder = write_feature(tasks, "f", subtask("f", "01", notes="x" * 2000), subtask("f", "02"), notes="x" * 3000)
    command = [sys.executable, "-c", SMALL_FILES, TASK_CLI, "complete", "f"]
    project, named = Project(tmp_path), {"BATCHPACK_TASKS_DIR": str(tasks)}
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    project.execute([*command, "01", "done"], env=named).assert_failed("File too large", "nothing was lost; make room")
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}
    done = project.execute([*command, "02", "done"], env=named).assert_ok()
    assert "its counts could not be written (File too large); the next change mends them" in done.err
    assert read(folder / "subtask_02.json")["status"] == "completed"
    assert read(folder / "task.json")["completed_count"] == 0
    store.change(tasks, "f", "01", completing("done"))
    assert read(folder / "task.json")["completed_count"] == 2


def test_a_feature_under_two_names(tmp_path: Path) -> None:
    """A link to a feature has its lock, so that changes under both names wait for each other; it is not archived."""
    write_feature(tmp_path, "real", subtask("real", "01"))
    (tmp_path / "alias").symlink_to("real")
    with store.held(tmp_path, "alias"):
        lock = os.open(tmp_path / ".real.lock", os.O_RDWR)
        with pytest.raises(Busy):
            files._await_lock(lock, tmp_path / ".real.lock", "real", 0.05)
    with pytest.raises(Refused, match="alias is a link to"):
        store.archive(tmp_path, "alias", force=True)
    assert read(tmp_path / "real" / "task.json")["status"] == "active"


def test_an_archive_that_leads_elsewhere(tmp_path: Path) -> None:
    """Where a link or a file stands in the archive's place nothing is archived, and the feature stays active."""
    tasks = tmp_path / "tasks"
    folder = write_feature(tasks, "f", subtask("f", "01", status="completed"))
    (tmp_path / "elsewhere").mkdir()
    (tasks / "completed").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is no folder of the tasks folder"):
        store.archive(tasks, "f", force=False)
    (tasks / "completed").unlink()
    (tasks / "completed").write_text("")
    with pytest.raises(Refused, match="is no folder of the tasks folder"):
        store.archive(tasks, "f", force=False)
    assert read(folder / "task.json")["status"] == "active"


def test_unwritable_folder(tmp_path: Path) -> None:
    """A folder that cannot be written, here since the lock's place is taken, is told and changes nothing."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (tmp_path / ".f.lock").mkdir()
    before = (folder / "subtask_01.json").read_bytes()
    with pytest.raises(Unwritable, match="cannot write"):
        store.change(tmp_path, "f", "01", completing("done"))
    assert before == (folder / "subtask_01.json").read_bytes()


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """A lock file that was replaced by a link makes no file elsewhere."""
    write_feature(tmp_path / "tasks", "f", subtask("f", "01"))
    (tmp_path / "tasks" / ".f.lock").symlink_to(tmp_path / "made")
    with pytest.raises(Unwritable):
        store.change(tmp_path / "tasks", "f", "01", completing("done"))
    assert not (tmp_path / "made").exists()


def test_archive_races_with_complete(tmp_path: Path) -> None:
    """A completion that waits while its feature is archived finds no feature, and makes none anew."""
    write_feature(tmp_path, "f", subtask("f", "01"))
    told: list[Exception] = []

    def complete() -> None:
        try:
            store.change(tmp_path, "f", "01", completing("late"))
        except NoFeature as error:
            told.append(error)

    with store.held(tmp_path, "f"):
        waiting = threading.Thread(target=complete)
        waiting.start()
        (tmp_path / "f").rename(tmp_path / "gone")
    waiting.join()
    assert (1, False) == (len(told), (tmp_path / "f").exists())


def test_archive(tmp_path: Path) -> None:
    """An archived feature lies in the archive with its last status; one whose place is taken stays."""
    write_feature(tmp_path, "f", subtask("f", "01"))
    with pytest.raises(Refused, match="open subtasks: 01"):
        store.archive(tmp_path, "f", force=False)
    target = store.archive(tmp_path, "f", force=True)
    assert ("archived", False) == (read(target / "task.json")["status"], (tmp_path / "f").exists())
    write_feature(tmp_path, "f", subtask("f", "01", status="completed"))
    with pytest.raises(Refused, match="is there already"):
        store.archive(tmp_path, "f", force=False)
    assert load(tmp_path, "f").present == 1
