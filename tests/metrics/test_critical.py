"""The critical path: its steps are the whole time."""

from __future__ import annotations

import random

import pytest

from batchpack.metrics import critical
from batchpack.metrics.values import Task
from tests.support.records import START, attempt, done, record


def test_the_path_goes_back_from_the_last_end() -> None:
    """Through the dependency that was settled last; waiting, work, time between tries and the merge are apart."""
    run = record(
        done("early", attempt(0, 2), settled=3),
        done("late", attempt(1, 4, end="failed"), attempt(5, 9, number=2), settled=10),
        done("end", attempt(12, 20), settled=22, after=("early", "late")),
    )

    first, last = critical.path(run)

    assert ("late", "", 1.0, 7.0, 1.0, 1.0) == (
        first.task.name, first.behind, first.waited, first.worked, first.between, first.merging,
    )  # fmt: skip
    assert ("end", "late", 2.0, 8.0, 0.0, 2.0) == (
        last.task.name, last.behind, last.waited, last.worked, last.between, last.merging,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_the_steps_span_the_run(seed: int) -> None:
    """Whatever the plan, and even if clocks went back, the steps add up to the time to the last end."""
    chance = random.Random(seed)
    tasks = list[Task]()
    for number in range(30):
        begun, took = chance.uniform(0, 100), chance.uniform(-5, 20)
        needs = tuple(f"t{chance.randrange(30)}" for _ in range(chance.randrange(3)))
        again = attempt(begun + 3, begun + 4, number=2)
        tasks.append(done(f"t{number}", attempt(begun, begun + took), again, settled=begun + took + 1, after=needs))

    steps = critical.path(record(*tasks))

    assert max(task.settled or 0 for task in tasks) - START == pytest.approx(sum(step.seconds for step in steps))
    assert all(min(step.waited, step.worked, step.between, step.merging) >= 0 for step in steps)


def test_nothing_done_is_no_path() -> None:
    """Before the first task is settled there is none."""
    assert [] == critical.path(record())
