"""The gate: lines in order, each commit once, and an answer only from what ran to its end."""

from __future__ import annotations

import pytest

from batchpack.merging.gate import Gate, Stopped
from batchpack.merging.ground import Ground as Place
from tests.merging.ground import Ground


def gate(ground: Ground, *lines: str, timeout: float = 30) -> Gate:
    """Make a gate."""
    logs = ground.root.parent / "logs"
    return Gate(lines, Place(ground.root, ground.root.parent / "gate", logs), ground.queue, logs, timeout, None)


def test_lines_run_in_order_until_one_fails(ground: Ground) -> None:
    """The first line that fails decides; what failed and where its output is are told."""
    ours = gate(ground, "echo one", "echo two; exit 4", "echo three")

    assert not ours.passes(ground.base)
    verdict = ours.last[ground.base]
    assert "`echo two; exit 4` ended with exit code 4" == verdict.why
    assert verdict.out is not None
    assert "two\n" == verdict.out.read_text()
    assert 2 == len(list(ours.logs.iterdir()))


def test_a_commit_runs_once(ground: Ground) -> None:
    """What passed is not run again, by another gate object (as after a crash) neither; what failed only when asked."""
    ours, other = gate(ground, "true"), gate(ground, "true")
    assert [True, True, True, True] == [
        ours.passes(ground.base),
        ours.passes(ground.base),
        other.passes(ground.base),
        True,
    ]
    assert (1, 0) == (ours.runs, other.runs)
    red = gate(ground, "false")
    assert [False, False, False] == [
        red.passes(ground.base),
        red.passes(ground.base),
        red.passes(ground.base, anew=True),
    ]
    assert 2 == red.runs


def test_other_lines_are_another_gate(ground: Ground) -> None:
    """That a commit passed some lines says nothing on others, nor on the same words split otherwise."""
    assert gate(ground, "true").passes(ground.base)
    assert not gate(ground, "true", "false").passes(ground.base)
    assert gate(ground, "a b").fingerprint != gate(ground, "a", " b").fingerprint


def test_without_lines_nothing_runs(ground: Ground) -> None:
    """No line, no run, no worktree."""
    ours = gate(ground)

    assert (True, 0, False) == (ours.passes(ground.base), ours.runs, ours.ground.path.exists())


def test_a_missing_program_is_told(ground: Ground) -> None:
    """A gate that cannot even begin is told from one that fails."""
    ours = gate(ground, "no-such-program-here --x")

    assert not ours.passes(ground.base)
    assert "exit code 127, a program is missing" in ours.last[ground.base].why


def test_a_signal_is_told(ground: Ground) -> None:
    """A line that is killed did not pass."""
    ours = gate(ground, "kill -9 $$")

    assert not ours.passes(ground.base)
    assert "was ended by signal 9" in ours.last[ground.base].why


def test_a_stop_is_no_answer(ground: Ground) -> None:
    """A gate that was stopped has neither passed nor failed."""
    ours = gate(ground, "sleep 30")
    ours.stop = iter([False, False, True, True]).__next__

    with pytest.raises(Stopped):
        ours.passes(ground.base)
    assert ({}, False) == (ours.last, ground.queue.is_green(ground.base, ours.fingerprint))


def test_what_ran_is_noted(ground: Ground) -> None:
    """Begin and end of each run are events with the commit and the tasks."""
    gate(ground, "true").passes(ground.base, ("one",))

    assert ["gate_started", "gate"] == [event.name for event in ground.queue.events()]
    assert {"commit": ground.base, "tasks": ["one"], "passed": True, "why": ""} == ground.queue.events()[-1].facts
