"""A run of work in words."""

from __future__ import annotations

from typing import Any

import pytest

from batchpack.execution import show
from batchpack.execution.journal import Event
from batchpack.execution.state import State, Task
from batchpack.execution.view import Row, View
from batchpack.workplan.values import WorkPlan, WorkTask

AT = "2026-01-02T03:04:05.000Z"
NAMES = ["L2-003", "L2-004", "L2-005"]


def state(**statuses: str) -> State:
    """Make a state of tasks by their last three digits."""
    tasks = {f"L2-{name[1:]}": Task(f"L2-{name[1:]}", status=status) for name, status in statuses.items()}  # type: ignore[arg-type]
    return State(tasks)


def row(name: str, status: str, **more: Any) -> Row:
    """Make a row of a table."""
    facts: dict[str, Any] = {
        "seconds": 61.0,
        "tokens": 1200,
        "dollars": 0.5,
        "executor": "shell",
        "waits_for": (),
        "detail": "",
    }
    return Row(name, name, "", status, 1, 5, **{**facts, **more})


def seen(*rows: Row, **more: Any) -> View:
    """Make a view of rows."""
    facts: dict[str, Any] = {"counts": {"merged": 1, "in_progress": 1}, "tokens": 2400, "dollars": 1.0, "elapsed": 75.0}
    facts |= {"left": 3700.0, "pause": "", "halted": "", "finished": False, "driven": True}
    return View("r", rows, **{**facts, **more})


def test_a_batch_in_one_line() -> None:
    """Each task with its sign, failed ones with their attempt, and how many of how many."""
    found = state(_003="verified", _004="failed", _005="merged")
    result = show.batch_result(found, WorkPlan("p", ()), layer="2-backend", number=2, names=NAMES)

    line = show.status_line(result, {"L2-004": 2}, NAMES)
    assert "[BATCH 2-backend #2] L2-003 ✓, L2-004 ✗ (attempt 2), L2-005 ✓ (2/3)" == line


def test_a_layer_whose_name_reorders_lines_is_shown_plainly() -> None:
    """What turns a terminal's line around or moves in it is not shown, whatever a plan calls its layers."""
    result = show.batch_result(
        state(_003="verified"), WorkPlan("p", ()), layer="a\u202eb\x1b[31m\nc", number=1, names=()
    )

    assert "[BATCH a\ufffdb c #1]" == show.batch_headline(result)


def test_a_batch_as_a_layer_agent_reads_it() -> None:
    """The keys are those of the format; an abandoned task says to stop, and why."""
    found = state(_003="verified", _004="abandoned", _005="failed")
    found.tasks["L2-004"].attempts = 5
    plan = WorkPlan("p", (WorkTask("L2-003", "x"),))

    assert {
        "batch_number": 2, "layer": "2-backend", "tasks_total": 3, "verified": ["L2-003"], "failed": ["L2-005"],
        "abandoned": ["L2-004"], "merge_queue_ready": 1, "should_stop": True,
        "stop_reason": "Task L2-004 abandoned after 5 attempts",
    } == show.batch_result(found, plan, layer="2-backend", number=2, names=NAMES)  # fmt: skip
    assert show.batch_result_text({"a": 1}).startswith('BATCH_RESULT:\n{\n  "a": 1')


def test_a_task_that_was_not_begun_has_no_attempt() -> None:
    """It stands there as open, not as failed."""
    result = show.batch_result(state(_003="pending"), WorkPlan("p", ()), layer="l", number=1, names=["L2-003"])

    assert "[BATCH l #1] L2-003 - (0/1)" == show.status_line(result, {"L2-003": 0}, ["L2-003"])


def test_the_table_shows_what_matters_first_where_there_is_no_room() -> None:
    """What runs stays when what is merged is left out; lines are cut to the width."""
    rows = [row(f"t{n}", "merged") for n in range(30)] + [row("runs", "in_progress", detail="x" * 300)]
    lines = show.table(seen(*rows), columns=60, lines=10).splitlines()

    assert any(line.startswith("▶  runs") for line in lines)
    assert max(map(len, lines)) <= 60
    assert "   … and 25 more" in lines


def test_the_name_of_a_file_cannot_speak_to_the_terminal() -> None:
    """Escapes and line ends in what an agent made up are no part of the line that is told."""
    event = Event(1, AT, "main_tree_changed", facts={"paths": ["\x1b[2J\x1b]0;title\x07a\nError: b"]})

    assert "the main tree changed: a Error: b" == show.told(event)


def test_a_task_that_was_only_lost_is_counted_by_its_tries() -> None:
    """Attempts that do not count are named all the same where nothing else can be."""
    found = State({"L2-003": Task("L2-003", status="abandoned", number=3)})
    result = show.batch_result(found, WorkPlan("p", ()), layer="x", number=1, names=["L2-003"])

    assert "Task L2-003 abandoned after 3 attempts" == result["stop_reason"]


def test_a_tiny_terminal_is_not_overrun() -> None:
    """No line is longer than the terminal, the headline included, and one task at least is shown."""
    lines = show.table(seen(row("one", "in_progress"), row("two", "merged")), columns=12, lines=4).splitlines()

    assert (["▶  one   i", "   … and 1 m"], 12) == (
        [lines[1][:10], lines[2][:12]],
        max(map(len, lines)),
    )


def test_the_headline_adds_up() -> None:
    """Done of all, the other states, time gone and left, tokens and cost; an unknown price is no zero."""
    view = seen(row("a", "merged"), row("b", "in_progress"))

    assert (
        "1 of 2 done · 1 in progress · 1 min 15 s gone · about 1 h 01 min left · 2,400 tokens · $1.00"
        == show.headline(view)
    )
    assert "cost unknown" in show.headline(seen(row("a", "merged"), dollars=None, pause="limit"))


def test_waiting_tasks_say_for_what() -> None:
    """The last cell of a task that waits names what it waits for."""
    assert "waits for a, b" in show.table(seen(row("c", "pending", waits_for=("a", "b"), seconds=None, tokens=0)))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event(1, AT, "attempt_started", "a", 2, {"executor": "claude"}), "a started, attempt 2 (claude)"),
        (Event(1, AT, "judged", "a", 1, {"verdict": "verified", "commit": "c" * 40}),
         "a verified, commit cccccccccccc (0.0 s)"),
        (Event(1, AT, "judged", "a", 1, {"verdict": "failed", "reason": "red"}), "a failed, attempt 1: red"),
        (Event(1, AT, "merged", "a", 1, {"tip": "d" * 40}), "a merged as dddddddddddd"),
        (Event(1, AT, "abandoned", "a", 1, {"reason": "no"}), "a abandoned: no"),
        (Event(1, AT, "paused", "", 0, {"reason": "limit"}), "paused: limit"),
        (Event(1, AT, "worktree_made", "a", 1, {}), ""),
    ],
)  # fmt: skip
def test_events_are_told_in_a_line(event: Event, said: str) -> None:
    """What a person wants to know is a line; the rest is silent."""
    assert said == show.told(event)


@pytest.mark.parametrize(("seconds", "said"), [(4.21, "4.2 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")])
def test_durations(seconds: float, said: str) -> None:
    """Seconds are told as people say them."""
    assert said == show.duration(seconds)
