"""The log in GNU parallel's columns."""

from __future__ import annotations

from typing import Any

from batchpack.execution.joblog import rows, text
from batchpack.execution.journal import Event
from batchpack.workplan.values import WorkPlan, WorkTask

START, END = "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:07.500Z"
PLAN = WorkPlan("p", (WorkTask("a", "A", command="make\nall"), WorkTask("b", "B", prompt="do")))


def log(name: str, **facts: Any) -> list[tuple[str, ...]]:
    """Return the rows of one attempt that was judged so."""
    return rows(PLAN, [Event(1, START, "attempt_started", name, 1), Event(2, END, "judged", name, 1, facts)])


def test_a_row_says_when_how_long_and_how_it_ended() -> None:
    """Sequence and times, bytes, exit value or signal, and the command in one line."""
    assert [("1", ":", "1767323045.000", "2.500", "0", "7", "3", "0", "make all")] == log(
        "a", verdict="failed", code=3, bytes=7
    )
    assert ("0", "9") == log("a", verdict="failed", code=-9)[0][6:8]
    assert ("2", "b attempt 1") == (
        log("b", verdict="verified", code=0)[0][0],
        log("b", verdict="verified", code=0)[0][8],
    )


def test_work_that_did_not_pass_is_no_success() -> None:
    """A program that ended with 0 and failed its checks stands there with 1."""
    assert ("1", "0") == (log("a", verdict="failed", code=0)[0][6], log("a", verdict="verified", code=0)[0][6])


def test_the_heading_is_parallels() -> None:
    """An empty log has its heading."""
    assert "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n" == text(PLAN, [])
