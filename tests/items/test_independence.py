"""Independence: items that wait for each other, write the same or share a state are not for this workflow."""

from __future__ import annotations

from typing import Any

import pytest

from batchpack.items import chunks, times
from batchpack.items.chunking import Rule
from batchpack.items.independence import NotIndependent, Verdict, check, require
from batchpack.queue import batches, database
from batchpack.queue.values import Kind
from tests.items.conftest import Make


def judge(make: Make, rows: list[dict[str, Any]], by: str | None = None, tasks: Kind = "chunk") -> Verdict:
    """Judge a batch of rows, cut by a field where one is named."""
    connection = make([{"id": f"i{at}", **row} for at, row in enumerate(rows)])
    if by:
        with database.transaction(connection):
            chunks.cut(connection, Rule(by), times.zone("UTC"), tasks)
    return check(connection)


@pytest.mark.parametrize("width", [2, 4, 5, 8, 40])
def test_items_that_declare_nothing(make: Make, width: int) -> None:
    """Items that declare nothing may be judged side by side: a few directly, more of them from the queue."""
    found = judge(make, [{}] * width)

    assert (True, min(8, width)) == (found.is_independent, found.width)
    assert ("directly" in found.route) == (width <= 4)


def test_one_item_is_no_batch(make: Make) -> None:
    """A single item goes elsewhere, with the reason."""
    found = judge(make, [{}])

    assert ("single", ("there is one item only",)) == (found.kind, found.reasons)


@pytest.mark.parametrize("needs", ["i0", ["i0"], 7])
def test_items_that_wait(make: Make, needs: object) -> None:
    """Dependencies, as a list or as a text, lead to a workflow with an order."""
    found = judge(make, [{}, {"depends_on": needs}])

    assert ("dependent", "i1 waits for") == (found.kind, found.reasons[0][:12])
    assert "messages loop" in found.route


CONFLICTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "the same file": ([{"writes": ["a.py"]}, {"writes": "./a.py"}], "i0 and i1: a.py and ./a.py are the same path"),
    "a folder": ([{"writes": "src/"}, {"writes": "src/a.py"}], "i0 and i1: src/ and src/a.py overlap"),
    "a lock file": ([{"writes": "package.json"}, {"writes": "package-lock.json"}], "npm"),
    "outside": ([{"writes": "../a"}, {}], "i0 writes what is no path inside the project"),
    "a state": ([{"state": "db"}, {"state": ["x", "db"]}], "i0 and i1 share the state db"),
}


@pytest.mark.parametrize("what", CONFLICTS)
def test_items_that_meet(make: Make, what: str) -> None:
    """What two items may both change is named with both."""
    rows, said = CONFLICTS[what]
    found = judge(make, rows)

    assert "conflicting" == found.kind
    assert any(said in reason for reason in found.reasons), found


def test_items_of_one_chunk_may_meet(make: Make) -> None:
    """One worker does the items of a chunk one after another, unless each is a task of its own."""
    rows: list[dict[str, Any]] = [{"writes": "a.py", "team": "x"}, {"writes": "a.py", "team": "x"}, {"team": "y"}]

    assert "independent" == judge(make, rows, "team").kind
    assert "conflicting" == check_each(make, rows).kind


def check_each(make: Make, rows: list[dict[str, Any]]) -> Verdict:
    """Judge rows with a task each."""
    connection = make([{"id": f"i{at}", **row} for at, row in enumerate(rows)], "each")
    with database.transaction(connection):
        chunks.cut(connection, Rule("team"), times.zone("UTC"), "item")
    return check(connection)


def test_a_wide_claim_meets_what_came_before_its_own_task(make: Make) -> None:
    """What a task holds already does not hide what another one holds."""
    rows = [{"writes": "d/a", "team": "x"}, {"writes": "d/b", "team": "y"}, {"writes": "d/**", "team": "y"}]
    found = judge(make, rows, "team")

    assert ("conflicting", ("i0 and i2: d/a and d/** overlap",)) == (found.kind, found.reasons)


def test_many_conflicts_are_counted(make: Make) -> None:
    """The first ten are shown, the others counted."""
    found = judge(make, [{"writes": "a.py"}] * 30)

    assert (11, "and 19 more") == (len(found.reasons), found.reasons[-1])


def test_workers_are_kept_from_what_is_no_batch(make: Make) -> None:
    """Without agreement the batch is refused with the way out; with it that is written down."""
    connection = make([{}])
    with pytest.raises(NotIndependent, match="there is one item only") as caught:
        require(connection, "", anyway=False)

    assert "batchpack start" in caught.value.hint
    assert "single" == require(connection, "", anyway=True).kind
    assert {"kind": "single", "reasons": ["there is one item only"], "anyway": True} == batches.get(
        connection, "independence"
    )
