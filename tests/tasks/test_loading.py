"""Loading features: what can be read is read; links, folders and odd names are told and stop nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile, UsageError
from batchpack.tasks.loading import NoFeature, feature_names, load, load_all
from tests.support.tasks import subtask, write_feature


def test_subtasks_by_number(tmp_path: Path) -> None:
    """Sequences of two, three and more digits are read in the order of their numbers; other files are not."""
    folder = write_feature(tmp_path, "f", *(subtask("f", seq) for seq in ("100", "02", "1000", "99")))
    for name in ("subtask_1.json", "subtask_03.json~", ".subtask_04.json.swp", "subtask_\u0660\u0665.json", "notes.md"):
        (folder / name).write_text("{")
    found = load(tmp_path, "f")
    assert (["02", "99", "100", "1000"], 4, ()) == ([s.seq for s in found.subtasks], found.present, found.problems)


def test_one_broken_file_stops_nothing(tmp_path: Path) -> None:
    """Whatever a subtask file turns into, the others are read and it is told."""
    outside = tmp_path / "outside.json"
    outside.write_text('{"id": "secret"}')
    folder = write_feature(tmp_path / "tasks", "f", *(subtask("f", f"0{number}") for number in range(1, 8)))
    for number, content in ((2, b"\xff"), (3, b"[]"), (4, b"{")):
        (folder / f"subtask_0{number}.json").write_bytes(content)
    for number, target in ((5, outside), (6, tmp_path / "none")):
        (folder / f"subtask_0{number}.json").unlink()
        (folder / f"subtask_0{number}.json").symlink_to(target)
    (folder / "subtask_07.json").unlink()
    (folder / "subtask_07.json").mkdir()
    found = load(tmp_path / "tasks", "f")
    assert (["01"], 7, 6) == ([s.seq for s in found.subtasks], found.present, len(found.problems))
    links = [problem for problem in found.problems if "leads out" in problem.reason]
    assert ["subtask_05.json", "subtask_06.json"] == [problem.path.name for problem in links]


def test_links_inside_are_followed(tmp_path: Path) -> None:
    """A link that stays below the tasks folder is read."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "subtask_01.json").rename(folder / "real.json")
    (folder / "subtask_01.json").symlink_to("real.json")
    (tmp_path / "alias").symlink_to("f")
    assert (["01"], ["01"]) == (
        [s.seq for s in load(tmp_path, "f").subtasks],
        [s.seq for s in load(tmp_path, "alias").subtasks],
    )


def test_names(tmp_path: Path) -> None:
    """Folders are features, in the order of names; the archive, hidden ones and files are none, odd ones are told."""
    for name in ("b", "a", "completed", ".hidden", "two words"):
        (tmp_path / "tasks" / name).mkdir(parents=True)
    (tmp_path / "tasks" / "file.json").write_text("")
    (tmp_path / "tasks" / "away").symlink_to(tmp_path)
    names, problems = feature_names(tmp_path / "tasks")
    assert (("a", "b"), ["away", "two words"]) == (names, [problem.path.name for problem in problems])
    with pytest.raises(BrokenFile, match="leads out"):
        load(tmp_path / "tasks", "away")
    features, told = load_all(tmp_path / "tasks", None)
    assert (["a", "b"], problems[0].message) == ([f.name for f in features], told[0].message)


def test_no_folder(tmp_path: Path) -> None:
    """A tasks folder that is not there has no features."""
    assert feature_names(tmp_path / "none") == ((), ())


def test_unknown_feature(tmp_path: Path) -> None:
    """A feature that is not there is told with those that are, and with the archive where it lies there."""
    write_feature(tmp_path, "f")
    write_feature(tmp_path / "completed", "old")
    with pytest.raises(NoFeature, match="no feature named 'g'") as told:
        load(tmp_path, "g")
    assert told.value.hint == "known: f"
    with pytest.raises(NoFeature, match="it is archived in"):
        load(tmp_path, "old")
    with pytest.raises(UsageError):
        load(tmp_path, "../f")


def test_task_file_states(tmp_path: Path) -> None:
    """A missing task.json is no problem, a broken one is."""
    folder = write_feature(tmp_path, "f")
    (folder / "task.json").write_text("{")
    assert (None, True) == (load(tmp_path, "f").task, load(tmp_path, "f").task_is_broken)
    (folder / "task.json").unlink()
    assert (None, False) == (load(tmp_path, "f").task, load(tmp_path, "f").task_is_broken)


def test_links_that_go_in_a_circle(tmp_path: Path) -> None:
    """A folder and a file that are links to themselves are told, and the others are read."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "subtask_02.json").symlink_to("subtask_02.json")
    (tmp_path / "round").symlink_to("round")
    features, problems = load_all(tmp_path, None)
    assert ([("f", 2)], ["round"]) == ([(f.name, f.present) for f in features], [p.path.name for p in problems])
    assert ["Too many levels of symbolic links"] == [problem.reason for problem in features[0].problems]


def test_a_link_to_another_feature(tmp_path: Path) -> None:
    """A task file that is a link into another feature is not read, since another lock is for it."""
    other = write_feature(tmp_path, "other", subtask("other", "01"))
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "subtask_02.json").symlink_to(other / "subtask_01.json")
    found = load(tmp_path, "f")
    assert (["01"], ["it is a link that leads out of the feature's folder"]) == (
        [s.seq for s in found.subtasks],
        [problem.reason for problem in found.problems],
    )


def test_a_folder_named_like_the_archive(tmp_path: Path) -> None:
    """A folder whose name differs from the archive's by letter case alone is told, and stops nothing else."""
    for name in ("a", "Completed", "completed"):
        (tmp_path / name).mkdir()
    names, problems = feature_names(tmp_path)
    assert (("a",), ["Completed"]) == (names, [problem.path.name for problem in problems])
