"""A sample: even, bounded, and all of few."""

from __future__ import annotations

from batchpack.messages.sample import SIZE, Sample


def test_a_sample_is_even_and_bounded() -> None:
    """Of many requests at most twice the size are kept, from all parts; of few, all."""
    sample = Sample()
    for number in range(100_000):
        sample.add(b"%d" % number)

    taken = [int(one) for one in sample.take(10)]

    assert (100_000, b"0") == (sample.count, sample.first)
    assert len(sample._kept) < 2 * SIZE
    assert all(abs(value - at * 10_000) < 2_000 for at, value in enumerate(taken))


def test_of_few_all() -> None:
    """More than there are cannot be taken."""
    sample = Sample()
    for text in (b"a", b"bb"):
        sample.add(text)

    assert ([b"a", b"bb"], 3) == (sample.take(9), sample.bytes)
