"""What the acts on a batch share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchpack.commands.execute_batch import _batch
from batchpack.errors import BatchpackError
from batchpack.execution.state import State, Task
from tests.workplan.build import plan, task

NEEDS = {"a": (), "b": ("a",), "c": ("b",)}
PLAN = plan(*(replace(task(name, *needs), command="", prompt="x") for name, needs in NEEDS.items()))


def test_ids_are_split_and_checked() -> None:
    """Blanks and repetitions do not matter; tasks that wait for each other through a third are no batch."""
    assert ["a"] == _batch.names_of(" a, a,", PLAN)
    with pytest.raises(BatchpackError, match="c waits for a"):
        _batch.names_of("a,c", PLAN)


def test_a_command_needs_no_agent() -> None:
    """A task that is a command is left to `batchpack run`."""
    with pytest.raises(BatchpackError, match="needs no agent"):
        _batch.names_of("x", plan(task("x")))


def test_the_summary_counts_attempts_and_the_queue() -> None:
    """Failed tasks have their attempt, and one task is no tasks."""
    result = {"layer": "l", "batch_number": 3, "verified": ["a"], "failed": ["b"], "abandoned": ["c"],
              "merge_queue_ready": 1}  # fmt: skip
    state = State({"b": Task("b", attempts=2)})

    assert [
        "[BATCH l #3] Complete", "Verified: a", "Failed: b (attempt 2, will retry)", "Abandoned: c",
        "Merge queue: 1 task ready",
    ] == [*_batch.summary(result, state)]  # fmt: skip
