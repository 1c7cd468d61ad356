"""Numbers of things and of bytes."""

from __future__ import annotations

from batchpack.amounts import count, size


def test_one_is_not_many() -> None:
    """Nouns follow their number, also irregular ones."""
    assert ["1 item", "2,000 items", "0 items"] == [count(number, "item") for number in (1, 2000, 0)]
    assert "2 batches" == count(2, "batch", "batches")


def test_sizes_have_the_unit_that_fits() -> None:
    """A small job is not told as nothing."""
    assert ["999 B", "1.0 kB", "87.1 MB"] == [size(number) for number in (999, 1_000, 87_100_000)]
