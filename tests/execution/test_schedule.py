"""The order in which tasks begin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batchpack.execution.schedule import Schedule, chains
from batchpack.workplan.values import WorkPlan, WorkTask


def plan(*tasks: WorkTask, **pools: int) -> WorkPlan:
    """Make a plan of tasks."""
    return WorkPlan("p", tasks, pools=pools)


def task(name: str, *depends_on: str, needs: tuple[str, ...] = (), priority: int = 0) -> WorkTask:
    """Make a task."""
    return WorkTask(name, name.upper(), depends_on=depends_on, needs=needs, priority=priority)


def taken(schedule: Schedule) -> list[str]:
    """Take all that may begin now."""
    found = []
    while (one := schedule.take()) is not None:
        found.append(one.id)
    return found


def test_a_task_waits_for_what_it_depends_on() -> None:
    """It is offered when all of these are settled, once."""
    schedule = Schedule(plan(task("a"), task("b"), task("c", "a", "b")))

    assert ["a", "b"] == taken(schedule)
    schedule.settle("a")
    assert ([], ("b",)) == (taken(schedule), schedule.waits_for("c"))
    schedule.settle("b")
    assert ["c"] == taken(schedule)


def test_long_chains_begin_first_unless_priorities_say_otherwise() -> None:
    """A higher priority comes first, then the longer chain behind a task, then the author's order."""
    schedule = Schedule(plan(task("x"), task("a"), task("b", "a"), task("urgent", priority=5)))

    assert ["urgent", "a", "x"] == taken(schedule)


def test_pools_have_so_many_places() -> None:
    """Two tasks that need the one place of a pool run one after another; others are not held up."""
    schedule = Schedule(plan(task("a", needs=("db",)), task("b", needs=("db",)), task("c"), db=1))

    assert ["a", "c"] == taken(schedule)
    schedule.free("a")
    assert ["b"] == taken(schedule)


def test_what_runs_already_takes_its_places() -> None:
    """A task that is held is not offered, and its pool is full."""
    schedule = Schedule(plan(task("a", needs=("db",)), task("b", needs=("db",)), db=1))
    schedule.hold("a")

    assert [] == taken(schedule)
    schedule.free("a")
    assert ["b"] == taken(schedule)


def test_what_never_can_begin_is_known() -> None:
    """All that depends on a task, through others too, is told; what is dropped is not offered."""
    schedule = Schedule(plan(task("a"), task("b", "a"), task("c", "b"), task("d")))

    assert {"b", "c"} == schedule.after("a")
    schedule.drop({"a"})
    assert ["d"] == taken(schedule)


def test_what_is_dropped_is_not_offered_when_it_becomes_ready() -> None:
    """A task that was left out stays out, though all that it waited for is settled."""
    schedule = Schedule(plan(task("a"), task("b", "a")))
    schedule.drop(["b"])
    schedule.settle("a")

    assert ["a"] == taken(schedule)


def test_in_a_layered_plan_a_layer_waits_for_those_before_it() -> None:
    """What depends on nothing waits for the end of earlier layers all the same; what is dropped is over too."""
    from dataclasses import replace

    tasks = [replace(task(name), layer=layer) for name, layer in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "3"))]
    schedule = Schedule(replace(plan(*tasks), layered=True))

    assert ["a", "b"] == taken(schedule)
    schedule.settle("a")
    assert ([], True) == (taken(schedule), schedule.offers())
    schedule.drop(["b"])
    assert ["c"] == taken(schedule)
    schedule.settle("c")
    assert ["d"] == taken(schedule)


def test_what_is_withheld_may_be_offered_again() -> None:
    """A task that somebody has in hand is not offered until it is given back."""
    schedule = Schedule(plan(task("a"), task("b")))
    schedule.withhold(["a"])
    assert ["b"] == taken(schedule)
    schedule.again("a")

    assert ["a"] == taken(schedule)


@given(st.lists(st.sets(st.integers(0, 20), max_size=4), max_size=20), st.integers(1, 4))
def test_every_task_runs_once_after_its_dependencies(edges: list[set[int]], width: int) -> None:
    """Whatever the graph and the width, the order is complete and keeps all dependencies."""
    tasks = [task(f"t{n}", *(f"t{d}" for d in sorted(deps) if d < n)) for n, deps in enumerate(edges)]
    schedule = Schedule(plan(*tasks))
    order: list[str] = []
    running: list[str] = []
    while True:
        while len(running) < width and (one := schedule.take()) is not None:
            assert set(one.depends_on) <= set(order)
            running.append(one.id)
        if not running:
            break
        name = running.pop(0)
        order.append(name)
        schedule.free(name)
        schedule.settle(name)

    assert sorted(t.id for t in tasks) == sorted(order)


def test_chains_are_counted_by_their_longest() -> None:
    """A task that nothing follows has 1; what is not among the tasks is no link."""
    tasks = {t.id: t for t in (task("a", "gone"), task("b", "a"), task("c", "b"), task("d", "a"))}

    assert {"a": 3, "b": 2, "c": 1, "d": 1} == chains(tasks)
