"""Batches that are safe to run one after another: the fewest possible for few tasks, quickly found ones for many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from batchpack.tasks.claims import Claim, locks_of
from batchpack.tasks.graph import levels, order
from batchpack.tasks.overlap import clashes
from batchpack.tasks.shelf import Shelf

EXACT_LIMIT = 12
"""Up to so many tasks the fewest batches are searched for; that takes at most a second."""


@dataclass(frozen=True, slots=True)
class Item:
    """A task to place: what it depends on, and what it claims; `alone` says that nothing may run beside it."""

    seq: str
    needs: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """Batches of sequences in the order in which to run them.

    `fewest` says that no split has fewer batches; `unplaced` can never start, since they wait in a circle or for what
    does not exist.
    """

    batches: tuple[tuple[str, ...], ...]
    fewest: bool
    unplaced: tuple[str, ...]


def split(items: Sequence[Item], *, exact_limit: int = EXACT_LIMIT) -> Split:
    """Place each item after what it needs and never beside one that it clashes with."""
    graph = {item.seq: item.needs for item in items}
    ordered, unplaced = order(graph)
    placeable = [item for item in items if item.seq not in set(unplaced)]
    if len(placeable) <= exact_limit:
        return Split(_fewest(placeable), fewest=True, unplaced=tuple(unplaced))
    return Split(_quick(placeable, levels(graph, ordered)), fewest=False, unplaced=tuple(unplaced))


def clash(one: Item, other: Item) -> bool:
    """Tell whether two items must not run side by side, dependencies apart."""
    return one.alone or other.alone or bool(clashes(one.claims, other.claims))


def _fewest(items: Sequence[Item]) -> tuple[tuple[str, ...], ...]:
    """Search breadth-first over the sets of finished tasks, so that the first full one took the fewest batches.

    A batch that leaves out a task that could join it is never better, so only those that are full are tried.
    """
    place = {item.seq: 1 << index for index, item in enumerate(items)}
    needs = [sum(place[need] for need in set(item.needs)) for item in items]
    beside = _compatible(items)
    everything = (1 << len(items)) - 1
    came_from: dict[int, tuple[int, int]] = {0: (0, 0)}
    frontier = [0]
    while everything not in came_from:
        following: list[int] = []
        for done in frontier:
            free = sum(1 << i for i in range(len(items)) if not done >> i & 1 and needs[i] & ~done == 0)
            for batch in sorted(_full_sets(free, beside), key=_preference):
                if done | batch not in came_from:
                    came_from[done | batch] = (done, batch)
                    following.append(done | batch)
        frontier = following
    return _walked(items, came_from, everything)


def _compatible(items: Sequence[Item]) -> list[int]:
    """Return for each item the bits of those that may run beside it."""
    return [
        sum(1 << j for j, other in enumerate(items) if i != j and not clash(item, other))
        for i, item in enumerate(items)
    ]


def _full_sets(free: int, beside: Sequence[int]) -> Iterator[int]:
    """Return every set of free items, as bits, that may run side by side and that no other free one could join."""
    stack = [(0, free, 0)]
    while stack:
        chosen, open_bits, passed = stack.pop()
        if not open_bits and not passed:
            yield chosen
        rest, barred = open_bits, passed
        while rest:
            bit = rest & -rest
            mates = beside[bit.bit_length() - 1]
            stack.append((chosen | bit, rest & mates & ~bit, barred & mates))
            rest &= ~bit
            barred |= bit


def _preference(batch: int) -> tuple[int, list[int]]:
    """Put larger batches first, then those with the earliest tasks."""
    return -batch.bit_count(), [i for i in range(batch.bit_length()) if batch >> i & 1]


def _walked(
    items: Sequence[Item], came_from: Mapping[int, tuple[int, int]], everything: int
) -> tuple[tuple[str, ...], ...]:
    """Return the batches on the way to the full set."""
    batches: list[tuple[str, ...]] = []
    state = everything
    while state:
        state, batch = came_from[state]
        batches.append(tuple(item.seq for i, item in enumerate(items) if batch >> i & 1))
    return tuple(reversed(batches))


def _quick(items: Sequence[Item], level: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    """Put each task right after the last one that it needs or clashes with, level by level, lone ones last."""
    shelf, batch_of = Shelf(), dict[str, int]()
    batches: list[list[str]] = []
    skip: dict[int, int] = {}
    place = {item.seq: index for index, item in enumerate(items)}
    for item in sorted(items, key=lambda each: (level[each.seq], each.alone, place[each.seq])):
        if item.alone:
            number = len(batches)
            skip[number] = number + 1
        else:
            locks = tuple(locks_of(item.claims))
            after = max((batch_of[need] for need in item.needs), default=-1)
            number = _skipped(skip, max(after, shelf.latest(item.claims, locks)) + 1)
            shelf.put(item.claims, locks, number)
        batches.extend([] for _ in range(number + 1 - len(batches)))
        batches[number].append(item.seq)
        batch_of[item.seq] = number
    return tuple(tuple(sorted(batch, key=place.__getitem__)) for batch in batches)


def _skipped(skip: dict[int, int], number: int) -> int:
    """Return the first batch from a number on that is not taken by a lone task, remembering long ways."""
    passed: list[int] = []
    while number in skip:
        passed.append(number)
        number = skip[number]
    for each in passed:
        skip[each] = number
    return number
