"""Dependencies, layers and caps."""

from __future__ import annotations

import pytest

from batchpack.planning.batches import batches, cap, cycle, depends_on


@pytest.mark.parametrize(("score", "width"), [(1, 2), (3, 2), (4, 3), (5, 3), (6, 5), (7, 5), (8, 8), (9, 8), (10, 8)])
def test_the_table_of_widths(score: int, width: int) -> None:
    """The complexity sets how many agents a batch holds."""
    assert width == cap(score)


def test_max_parallel_only_lowers() -> None:
    """--max-parallel lowers the cap of the table and never lifts it."""
    assert (1, 2) == (cap(10, 1), cap(2, 8))


def test_a_missing_role_hands_its_dependencies_on() -> None:
    """Who waits for a role that takes no part waits for those it waits for."""
    after = {"a": (), "b": ("a",), "c": ("b",), "d": ()}
    assert {"a": (), "c": ("a",), "d": ()} == depends_on(["a", "c", "d"], after)


def test_elite_first_in_a_layer() -> None:
    """Among those that are ready the elite go first, then the order of the roster."""
    made = batches({"a": (), "b": (), "c": ()}, 2, {"c"})
    assert [("c", "a"), ("b",)] == [batch.tasks for batch in made]


def test_a_place_that_is_free_is_filled() -> None:
    """What is ready of the next layer fills up a batch that the cap cut short."""
    made = batches({"a": (), "b": (), "c": (), "d": ("a",)}, 2, ())
    assert [("a", "b"), ("c", "d")] == [batch.tasks for batch in made]


def test_a_circle_is_found() -> None:
    """The names of a circle are told in their order, the first again at the end."""
    assert ("b", "c", "b") == cycle({"a": ("b",), "b": ("c",), "c": ("b",)})
    assert () == cycle({"a": ("b", "c"), "b": ("c",), "c": ()})
