"""A plan's dependencies as a graph."""

from __future__ import annotations

from hypothesis import given

from batchpack.workplan import graph
from batchpack.workplan.values import WorkPlan
from tests.workplan.build import chain, plans


def test_layers_and_the_longest_chain() -> None:
    """A task stands in the layer behind all it waits for; the longest chain goes through all layers."""
    found = chain({"c": ["b"], "a": [], "b": ["a"], "x": ["a"], "y": []})

    assert [("a", "y"), ("b", "x"), ("c",)] == graph.layers(found)
    assert ["a", "b", "c"] == graph.critical_path(found)


def test_what_can_never_start_stands_in_no_layer() -> None:
    """Circles and what waits for them are left out."""
    assert [("d",)] == graph.layers(chain({"a": ["b"], "b": ["a"], "c": ["a"], "d": []}))


def test_dependants_are_those_through_others_too() -> None:
    """All that waits for a task is found, be it through others or in a circle."""
    found = graph.dependants(chain({"a": [], "b": ["a"], "c": ["b"], "x": ["y"], "y": ["x"]}))

    assert {"a": {"b", "c"}, "b": {"c"}, "c": set(), "x": {"x", "y"}, "y": {"x", "y"}} == dict(found)
    assert 5 == len(found)
    assert "nope" not in found


@given(plans())
def test_layers_hold_each_task_once_behind_its_dependencies(plan: WorkPlan) -> None:
    """Every task is in one layer, and all it waits for is in earlier ones."""
    place = {name: number for number, names in enumerate(graph.layers(plan)) for name in names}

    assert sorted(place) == sorted(task.id for task in plan.tasks)
    assert all(place[need] < place[task.id] for task in plan.tasks for need in task.depends_on)


@given(plans())
def test_dependants_are_the_turned_dependencies(plan: WorkPlan) -> None:
    """A direct dependant is among them, and theirs are among them as well."""
    found = graph.dependants(plan)

    for task in plan.tasks:
        for need in task.depends_on:
            assert {task.id, *found[task.id]} <= found[need]
