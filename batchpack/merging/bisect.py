"""Who breaks a gate: found among entries in their order with as few runs of the gate as can be; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Red = Callable[[Sequence[int]], bool]
"""Tells whether the gate fails with these entries (numbers from 0, rising) on the base."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first `good` entries pass together, and one more does not; the number of that one is `good`.

    `partner` is the entry without which it passes (None: it fails alone). `sure` says that the two alone fail;
    otherwise more of those before it have a part in it. `base_red`: it fails with no entry at all, nobody is blamed.
    """

    good: int
    partner: int | None = None
    sure: bool = True
    base_red: bool = False


def find(count: int, red: Red) -> Finding:
    """Find who breaks a gate that fails with all `count` entries.

    The runs: log2(count) for the one with which it begins to fail, one for whether that one fails alone; only if it
    does not, log2(count) for its partner and one for the two alone. Whatever `red` answers, the first `good` entries
    were seen to pass together (or `good` is 0).
    """
    at = turn(count, lambda length: red(range(length)))
    if at == 1:
        return Finding(0, base_red=red(()))
    if red((at - 1,)):
        return Finding(at - 1)
    length = turn(at - 1, lambda length: red((*range(length), at - 1)))
    partner = length - 1
    return Finding(at - 1, partner, sure=length == 1 or red((partner, at - 1)))


def turn(count: int, red: Callable[[int], bool]) -> int:
    """Return a length from 1 to `count` at which it fails, while at one less it passes.

    That it passes at 0 and fails at `count` is taken for granted. At most ceil(log2(count)) runs.
    """
    passes, fails = 0, count
    while fails - passes > 1:
        middle = (passes + fails) // 2
        if red(middle):
            fails = middle
        else:
            passes = middle
    return fails
