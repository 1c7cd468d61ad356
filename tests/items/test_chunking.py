"""Chunks: every item in exactly one, in order, none too large."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.errors import UsageError
from batchpack.items.chunking import Packer, Rule, name

LABELS = st.none() | st.sampled_from(["", "a", "b"])
ITEMS = st.lists(st.tuples(LABELS, st.integers(0, 1000), st.integers(0, 300)), max_size=80)


@settings(deadline=None)
@given(ITEMS, st.integers(1, 12), st.none() | st.integers(1, 500))
def test_what_goes_in_comes_out(items: list[tuple[str | None, int, int]], most: int, tokens: int | None) -> None:
    """Chunks follow one another, hold one label each, keep to both limits, and their sums are those of the items."""
    packer = Packer(Rule("size", most, tokens))
    numbers = [packer(*item) for item in items]
    chunks = packer.finish()

    assert list(range(1, len(chunks) + 1)) == [one.number for one in chunks]
    assert sorted(numbers) == numbers
    for chunk in chunks:
        held = [item for item, number in zip(items, numbers, strict=True) if number == chunk.number]
        assert 1 == len({label for label, _, _ in held})
        assert (len(held), sum(i[1] for i in held), sum(i[2] for i in held)) == (chunk.items, chunk.size, chunk.tokens)
        assert chunk.items <= most
        assert tokens is None or chunk.tokens <= tokens or chunk.items == 1
    assert len(items) == sum(chunk.items for chunk in chunks)


@settings(deadline=None)
@given(ITEMS, st.integers(1, 12))
def test_no_chunk_could_take_the_next_item(items: list[tuple[str | None, int, int]], most: int) -> None:
    """A chunk ends only where the label changes or it is full."""
    packer = Packer(Rule("a-field", most))
    numbers = [packer(*item) for item in items]
    held = {chunk.number: chunk.items for chunk in packer.finish()}
    ends = [at for at in range(len(items) - 1) if numbers[at] != numbers[at + 1]]

    assert all(items[at][0] != items[at + 1][0] or held[numbers[at]] == most for at in ends)


def test_labels_of_parts() -> None:
    """The parts of a label are numbered, and items without one are said to have none."""
    packer = Packer(Rule("month", 1))
    for label in ("2025-11", "2025-11", None, None):
        packer(label, 1, 1)

    assert ["2025-11", "2025-11 (2)", "(none)", "(none) (2)"] == [one.label for one in packer.finish()]


@pytest.mark.parametrize(("most", "tokens"), [(0, None), (5, 0), (-1, 4)])
def test_a_chunk_holds_something(most: int, tokens: int | None) -> None:
    """A limit below one is refused."""
    with pytest.raises(UsageError):
        Rule("size", most, tokens)


def test_names_sort_as_numbers() -> None:
    """Names are as wide as the last one needs."""
    assert ["chunk-01", "chunk-0007"] == [name(1, 5), name(7, 1000)]
