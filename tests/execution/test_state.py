"""Where a run of work stands."""

from __future__ import annotations

from typing import Any

from batchpack.execution.journal import Event
from batchpack.execution.state import fold

AT = "2026-01-02T03:04:05.000Z"


def events(*rows: tuple[str, str, int, dict[str, Any]]) -> list[Event]:
    """Make events of name, task, attempt and facts."""
    return [Event(seq, AT, *row) for seq, row in enumerate(rows, 1)]


def judged(verdict: str, attempt: int = 1, **facts: Any) -> tuple[str, str, int, dict[str, Any]]:
    """Say that an attempt of task a was judged."""
    return ("judged", "a", attempt, {"verdict": verdict, **facts})


def test_an_attempt_runs_until_it_is_judged() -> None:
    """A task begun is in progress with its number; a failure counts as an attempt and keeps what it told."""
    state = fold(["a"], events(("attempt_started", "a", 1, {"executor": "shell"})))
    assert ("in_progress", True, 1) == (state.tasks["a"].status, state.tasks["a"].runs, state.tasks["a"].number)

    state.apply(Event(9, AT, "judged", "a", 1, {"verdict": "failed", "reason": "red", "session": "s"}))
    task = state.tasks["a"]
    assert ("failed", 1, "red", "s", [1]) == (task.status, task.attempts, task.reason, task.session, [1])
    assert (9, ["failed"]) == (state.seq, [one.verdict for one in task.tries])


def test_what_says_nothing_of_the_task_does_not_count() -> None:
    """A lost or paused attempt leaves the task pending, and none of its attempts is used up."""
    state = fold(["a"], events(judged("lost"), judged("paused", 2)))

    assert ("pending", 0, 2) == (state.tasks["a"].status, state.tasks["a"].attempts, len(state.tasks["a"].tries))


def test_usage_adds_up_and_an_unknown_price_is_told() -> None:
    """Tokens and dollars of all attempts are summed; one without a price marks the sum as incomplete."""
    state = fold(
        ["a"],
        events(
            judged("failed", usage={"tokens": 10, "dollars": 0.5}),
            judged("failed", 2, usage={"tokens": 5, "dollars": None}),
        ),
    )

    assert (15, 0.5, True) == (state.tasks["a"].tokens, state.tasks["a"].dollars, state.tasks["a"].unpriced)


def test_only_a_merge_moves_the_tip() -> None:
    """A verified task becomes merged with the tip of that moment; a conflict gives it back with its state."""
    state = fold(
        ["a", "b"],
        events(
            ("run_started", "", 0, {"base": "c0"}),
            judged("verified", commit="c1"),
            ("merged", "a", 1, {"commit": "c1", "tip": "m1"}),
            ("merge_failed", "b", 1, {"state": "conflict", "reason": "x.py"}),
        ),
    )

    assert ("merged", "conflict", "m1") == (state.tasks["a"].status, state.tasks["b"].status, state.tip)
    assert (1, 1) == (state.count("merged"), state.count("conflict", "abandoned"))


def test_a_resumed_run_is_neither_halted_nor_cancelled() -> None:
    """Skipped and cancelled tasks are pending again; abandoned ones only when they are asked for again."""
    before = events(
        judged("cancelled"), ("skipped", "b", 0, {"reason": "a"}), ("abandoned", "c", 0, {"reason": "five"}),
        ("halted", "", 0, {"reason": "c"}), ("cancel_asked", "", 0, {}), ("paused", "", 0, {"reason": "limit"}),
    )  # fmt: skip
    state = fold(["a", "b", "c"], [*before, Event(9, AT, "run_resumed", "", 0, {})])

    assert ["pending", "pending", "abandoned"] == [task.status for task in state.tasks.values()]
    assert ("", False, None) == (state.halted, state.cancelled, state.pause)
    state.apply(Event(10, AT, "run_resumed", "", 0, {"again": True}))
    assert ("pending", 0) == (state.tasks["c"].status, state.tasks["c"].attempts)


def test_a_changed_main_tree_is_told_once() -> None:
    """Paths are kept in order, each once; an event of a task that the plan does not have is passed over."""
    state = fold(["a"], events(("main_tree_changed", "", 0, {"paths": ["x"]}), ("merged", "zz", 1, {"tip": "t"})))
    state.apply(Event(9, AT, "main_tree_changed", "", 0, {"paths": ["x", "y"]}))

    assert ["x", "y"] == state.main_tree
