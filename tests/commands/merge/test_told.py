"""The queue in words: titles cannot forge lines, and each state says what it must."""

from __future__ import annotations

from contextlib import closing

from batchpack.commands.merge import _told
from batchpack.merging.queue import Queue
from batchpack.merging.values import Entry, Progress
from tests.merging.desk import Desk


def test_titles_stay_within_their_lines(desk: Desk) -> None:
    """Line ends and colours in a title do not reach the terminal."""
    with closing(Queue(desk.made.journal)) as queue:
        commit = desk.ground.commit({"x": "x"})
        queue.add(Entry("one", "A\n  merged    two  \x1b[31mdone", "b", commit, desk.ground.base))
        lines = list(_told.lines(desk.made, queue))

    assert "  ready     one  A merged two done" == lines[1]


def test_a_gate_that_was_flaky_is_told() -> None:
    """That a gate failed and then passed is no secret."""
    lines = list(_told.outcome(Progress(flaky=("one",), blocked="wait")))

    assert [
        "The gate failed once and then passed, in the company of: one", "Not merged: wait",
    ] == lines  # fmt: skip
