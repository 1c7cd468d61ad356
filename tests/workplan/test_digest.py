"""What a plan says, as a hash, and what differs between two."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from batchpack.workplan import digest
from batchpack.workplan.values import WorkPlan, WorkTask
from tests.workplan.build import chain, plan, plans, task


@pytest.mark.parametrize(
    "change",
    [
        {"title": "t"}, {"command": "false"}, {"depends_on": ("b",)}, {"verify": ("x",)}, {"timeout": 1.0},
        {"attempts": 1}, {"flaky": True}, {"model": "m"}, {"scope": ("s",)}, {"priority": 1},
    ],
)  # fmt: skip
def test_all_that_is_done_counts(change: dict[str, object]) -> None:
    """Each value that an attempt depends on changes the hash of task and plan."""
    other = replace(task("a"), **change)  # type: ignore[arg-type]

    assert digest.task_hash(task("a")) != digest.task_hash(other)
    assert digest.plan_hash(plan(task("a"), task("b"))) != digest.plan_hash(plan(other, task("b")))


def test_where_it_came_from_does_not_count() -> None:
    """The same work from another file, in another order or under another name, is the same plan."""
    one, other = chain({"a": [], "b": [], "c": ["a", "b"]}), chain({"b": [], "a": [], "c": ["b", "a"]})
    moved = replace(
        other, name="else", kind="x", path=Path("x"), tasks=(*(replace(t, where="x:1") for t in other.tasks),)
    )

    assert digest.plan_hash(one) == digest.plan_hash(moved)
    assert [] == digest.differences(one, moved)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gate", ("x",)),
        ("setup", ("x",)),
        ("include", ("x",)),
        ("base", "x"),
        ("worktrees", False),
        ("pools", {"x": 1}),
    ],
)
def test_what_holds_for_the_whole_plan_counts(name: str, value: object) -> None:
    """Each setting of the plan changes its hash and is told."""
    old = chain({"a": []})
    new = replace(old, **{name: value})  # type: ignore[arg-type]
    (said,) = digest.differences(old, new)

    assert digest.plan_hash(old) != digest.plan_hash(new)
    assert said.startswith(f"the plan: {name} was ")


def test_what_differs_is_told_in_words() -> None:
    """New and lost tasks and changed values are told, short ones as they were and are."""
    old = plan(task("a", timeout=60.0), task("gone"), task("p", prompt="x" * 99))
    new = plan(task("a", timeout=120.0, verify=("pytest",)), task("p", prompt="y" * 99), task("fresh"))

    assert [
        "gone: is no longer in the plan",
        "fresh: is new",
        "a: verify was nothing, is 'pytest', timeout was 60, is 120",
        "p: prompt has changed",
    ] == digest.differences(old, new)


@given(plans(), plans())
def test_the_hash_and_the_differences_agree(one: WorkPlan, other: WorkPlan) -> None:
    """Two plans have the same hash if and only if no difference is told."""
    assert (digest.plan_hash(one) == digest.plan_hash(other)) == (digest.differences(one, other) == [])


def test_what_is_as_usual_is_no_part_of_the_hash() -> None:
    """A version that knows one more setting has the same hashes for plans that do not use it."""
    expected = hashlib.sha256(b'{"command":"true","id":"a","title":"A"}').hexdigest()

    assert expected == digest.task_hash(WorkTask("a", "A", command="true", where="p:1"))
