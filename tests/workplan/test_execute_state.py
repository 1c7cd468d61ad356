"""`execute-state.json`: nothing is lost, whoever writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BrokenFile
from batchpack.workplan import execute_state as state

WRITER = """
import sys
from pathlib import Path
from batchpack.workplan import execute_state as state
for number in range(20):
    state.update(Path(sys.argv[1]), lambda now: state.verified(now, f"{sys.argv[2]}-{number}", commit="c"))
"""


def raw(folder: Path) -> dict[str, Any]:
    """Return the file as it is."""
    facts: dict[str, Any] = json.loads((folder / state.FILE).read_text())
    return facts


def test_an_attempt_that_is_verified_waits_to_be_merged(tmp_path: Path) -> None:
    """Begin and end of an attempt stand in the words of the format, with the next priority in the queue."""
    state.update(tmp_path, lambda now: state.begin(now, "L1-001", attempt=1, worktree=Path("/w"), branch="b"))
    assert ("in_progress", 1, "/w", "b") == tuple(
        raw(tmp_path)["tasks"]["L1-001"][key] for key in ("status", "attempt", "worktree_path", "branch")
    )

    for name in ("L1-001", "L1-001", "L1-002"):
        state.update(tmp_path, lambda now, name=name: state.verified(now, name, commit="abc"))  # type: ignore[misc]
    facts = raw(tmp_path)
    assert ("verified", "abc") == (facts["tasks"]["L1-001"]["status"], facts["tasks"]["L1-001"]["commit_hash"])
    assert [("L1-001", 1, "ready"), ("L1-002", 2, "ready")] == [tuple(one.values()) for one in facts["merge_queue"]]
    assert ["task_id", "priority", "status"] == list(facts["merge_queue"][0])


def test_failures_are_kept_and_abandoned_ones_listed_once(tmp_path: Path) -> None:
    """Each error stays in the entry; a task is given up once."""
    error = {"type": "verification_failed", "step": "pytest", "message": "1 failed"}
    state.update(tmp_path, lambda now: state.failed(now, "a", error))
    assert ("failed", [error]) == (raw(tmp_path)["tasks"]["a"]["status"], raw(tmp_path)["tasks"]["a"]["errors"])

    for _ in range(2):
        state.update(tmp_path, lambda now: state.abandoned(now, "a", error))
    assert ("abandoned", ["a"]) == (raw(tmp_path)["tasks"]["a"]["status"], raw(tmp_path)["abandoned"])


def test_what_was_merged_leaves_the_queue_as_ready(tmp_path: Path) -> None:
    """The merger marks task and queue; what waits comes in the order of priority."""
    now = state.read(tmp_path)
    for name in ("a", "b", "c"):
        state.verified(now, name, commit="x")
    now["merge_queue"][0]["priority"] = 9
    assert ["b", "c", "a"] == state.ready(now)

    state.merged(now, "b")
    state.queue(now, "c", "conflict")
    assert (["a"], "merged") == (state.ready(now), now["tasks"]["b"]["status"])
    with pytest.raises(ValueError, match="no status"):
        state.queue(now, "c", "done")


def test_what_others_keep_in_it_survives(tmp_path: Path) -> None:
    """Unknown keys of the file, of entries and of the queue stay, in their order."""
    given = {
        "version": 2, "tasks": {"a": {"status": "pending", "mood": "é", "attempt": 1}}, "layers": {"x": [1]},
        "merge_queue": [{"task_id": "z", "priority": 4, "status": "ready", "by": "me"}, "odd"], "abandoned": [],
    }  # fmt: skip
    (tmp_path / state.FILE).write_text(json.dumps(given))
    state.update(tmp_path, lambda now: state.verified(now, "a", commit="c"))
    facts = raw(tmp_path)

    assert list(given) == list(facts)
    assert ("é", {"x": [1]}, 5) == (facts["tasks"]["a"]["mood"], facts["layers"], facts["merge_queue"][2]["priority"])
    assert given["merge_queue"] == facts["merge_queue"][:2]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"tasks": []}', '{"merge_queue": {}}', '{"tasks": {"a": 3}}', "[" * 99999]
)
def test_a_broken_state_is_told_and_stays(text: str, tmp_path: Path) -> None:
    """A file that cannot be understood is never rewritten."""
    (tmp_path / state.FILE).write_text(text)

    with pytest.raises(BrokenFile):
        state.update(tmp_path, lambda now: state.merged(now, "a"))
    assert text == (tmp_path / state.FILE).read_text()


def test_what_cannot_be_written_is_told_after_three_tries(tmp_path: Path) -> None:
    """A state that cannot be written is reported, and stays as it was."""
    state.update(tmp_path, lambda now: state.merged(now, "a"))
    (tmp_path / f".{state.FILE}.lock").unlink()
    (tmp_path / f".{state.FILE}.lock").mkdir()

    with pytest.raises(state.NotWritten, match="in 3 tries"):
        state.update(tmp_path, lambda now: state.merged(now, "b"))
    assert ["a"] == list(raw(tmp_path)["tasks"])


def test_a_writer_without_our_lock_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody who writes in between makes the change begin anew; one who never stops is reported."""
    state.update(tmp_path, lambda now: state.merged(now, "a"))
    seen: list[int] = []

    def change(now: state.State) -> None:
        """Change the state while another writes the file."""
        seen.append(len(seen))
        (tmp_path / state.FILE).write_text(json.dumps({"other": len(seen)}))
        now["mine"] = True

    with pytest.raises(state.NotWritten):
        state.update(tmp_path, change)
    assert ([0, 1, 2], {"other": 3}) == (seen, raw(tmp_path))


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Four processes write twenty entries each, and all are there with priorities of their own."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(one)]) for one in range(4)]

    assert [0] * 4 == [one.wait() for one in writers]
    facts = raw(tmp_path)
    assert 80 == len(facts["tasks"])
    assert list(range(1, 81)) == [one["priority"] for one in facts["merge_queue"]]


def test_attempts_are_counted_for_new_tasks_too(tmp_path: Path) -> None:
    """A task that nobody began has none, nor has one whose count is no number."""
    now = state.read(tmp_path)
    state.begin(now, "a", attempt=2, worktree=Path("w"), branch="b")
    now["tasks"]["b"] = {"attempt": "many"}

    assert {"a": 2, "b": 0, "c": 0} == state.attempts(now, ["a", "b", "c"])
