"""Finding who breaks a gate: the right one, in few runs, whatever the gate answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from batchpack.merging import bisect
from batchpack.merging.bisect import Finding

COUNTS = st.integers(1, 200)


class Gate:
    """A gate that fails when one of some sets of entries is wholly there; it counts its runs."""

    def __init__(self, *bad: set[int]) -> None:
        self.bad, self.runs = bad, 0

    def red(self, chosen: Sequence[int]) -> bool:
        """Tell whether it fails."""
        self.runs += 1
        return any(one <= set(chosen) for one in self.bad)


def log(count: int) -> int:
    """Return how many halvings lead from a count to one."""
    return math.ceil(math.log2(count)) if count > 1 else 0


@given(st.data())
def test_one_that_fails_alone_is_found(data: st.DataObject) -> None:
    """A single culprit is found in log2(n) runs and one more, and all before it are good."""
    count = data.draw(COUNTS)
    culprit = data.draw(st.integers(0, count - 1))
    gate = Gate({culprit})

    assert Finding(culprit) == bisect.find(count, gate.red)
    assert gate.runs <= log(count) + 1


@given(st.data())
def test_a_pair_is_found(data: st.DataObject) -> None:
    """Of two that fail only together the later is found with the earlier, in two searches and two more runs."""
    count = data.draw(st.integers(2, 200))
    first, second = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=2)))
    gate = Gate({first, second})

    assert Finding(second, first) == bisect.find(count, gate.red)
    assert gate.runs <= 2 * log(count) + 2


@given(st.data())
def test_more_than_two_are_told_as_such(data: st.DataObject) -> None:
    """Of three that fail only all together the last is found with the middle one, and that this is not all."""
    count = data.draw(st.integers(3, 60))
    three = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=3, max_size=3)))

    assert Finding(three[2], three[1], sure=False) == bisect.find(count, Gate(set(three)).red)


@given(COUNTS)
def test_nobody_is_blamed_for_a_base_that_fails(count: int) -> None:
    """A gate that always fails is seen to fail without anybody."""
    gate = Gate(set())

    assert Finding(0, base_red=True) == bisect.find(count, gate.red)
    assert gate.runs <= log(count) + 1


@given(st.integers(1, 64), st.dictionaries(st.tuples(st.integers(0, 63), st.integers(0, 63)), st.booleans()))
def test_what_is_called_good_was_seen_to_pass(count: int, answers: dict[tuple[int, int], bool]) -> None:
    """However wildly a gate answers, the entries called good passed together, or there are none."""
    passed: set[tuple[int, ...]] = {()}

    def red(chosen: Sequence[int]) -> bool:
        fails = answers.get((len(chosen), sum(chosen) % 64), len(chosen) > count // 2)
        if not fails:
            passed.add(tuple(chosen))
        return fails

    found = bisect.find(count, red)

    assert 0 <= found.good < count
    assert tuple(range(found.good)) in passed
