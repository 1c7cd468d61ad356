"""What a reader is shown of a run."""

from __future__ import annotations

from pathlib import Path

from batchpack.execution.journal import Draft
from batchpack.execution.state import Try
from batchpack.execution.view import View, last_line, seconds_left, view
from tests.execution.ground import make_run, task, write


def seen(base: Path, *drafts: Draft) -> View:
    """View a run of a, b after a, and c."""
    run = make_run(base, [task("a"), task("b", "a"), task("c")])
    write(run, *drafts)
    return view(run, run.state(), driven=False, width=2)


def test_a_task_that_waits_says_for_what(tmp_path: Path) -> None:
    """A pending task names its open dependencies; the counts are by state."""
    found = seen(tmp_path, Draft("attempt_started", "c", 1, {"executor": "shell"}))

    assert [(), ("a",), ()] == [row.waits_for for row in found.rows]
    assert {"pending": 2, "in_progress": 1} == found.counts
    assert ("in_progress", 1, 5, "shell") == (
        found.rows[2].state,
        found.rows[2].attempt,
        found.rows[2].of,
        found.rows[2].executor,
    )


def test_what_runs_shows_its_last_line(tmp_path: Path) -> None:
    """The last line with letters, without control characters; standard error where nothing else was written."""
    run = make_run(tmp_path, [task("a")])
    write(run, Draft("attempt_started", "a", 1))
    folder = run.folder / "attempts" / "a-1"
    folder.mkdir(parents=True)
    (folder / "out").write_bytes(b"one\n\x1b[31mtwo\x1b[0m \xff\n\n  \n")
    (folder / "err").write_bytes(b"three\n")

    assert "[31mtwo[0m \ufffd" == view(run, run.state(), driven=True, width=1).rows[0].detail
    assert "three" == last_line((folder / "gone", folder / "err"))
    assert "" == last_line((folder / "gone",))


def test_the_rest_takes_as_long_as_what_is_done_took(tmp_path: Path) -> None:
    """Without a finished task nobody knows; then the mean over the places, but never less than the longest chain."""
    run = make_run(tmp_path, [task("a"), task("b", "a"), task("c", "b"), task("d"), task("e")])
    assert None is seconds_left(run.plan, run.state(), 2)
    state = run.state()
    done = state.tasks["d"]
    done.status, done.started, done.ended = "verified", 100.0, 110.0
    done.tries.append(Try(1, "verified", {}))

    assert 30.0 == seconds_left(run.plan, state, 8)
    assert 40.0 == seconds_left(run.plan, state, 1)


def test_money_is_unknown_when_a_part_is(tmp_path: Path) -> None:
    """Tokens add up; one attempt without a price leaves the sum of dollars open."""
    usage = {"tokens": 10, "dollars": 0.25}
    found = seen(tmp_path, Draft("judged", "a", 1, {"verdict": "verified", "usage": usage}))
    assert (10, 0.25) == (found.tokens, found.dollars)
    other = seen(tmp_path / "x", Draft("judged", "a", 1, {"verdict": "verified", "usage": {**usage, "dollars": None}}))
    assert (10, None) == (other.tokens, other.dollars)
