"""Which tasks wait for which, and the batches made of that: topological layers under a cap, elite first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from batchpack.planning.values import Batch

CAPS = {3: 2, 5: 3, 7: 5, 10: 8}
"""Complexity up to → agents in a batch."""
WIDEST = 8


def cap(score: int, max_parallel: int | None = None) -> int:
    """Return how many agents a batch may hold at a complexity from 1 to 10."""
    table = next(width for most, width in CAPS.items() if score <= most)
    return min(table, max_parallel or WIDEST)


def cycle(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return names that wait for each other in a circle, the first also last; nothing if there are none."""
    done: set[str] = set()
    for start in after:
        path = _walk(after, start, (), done)
        if path:
            return path
    return ()


def _walk(after: Mapping[str, Sequence[str]], name: str, path: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    """Follow what a name waits for until a name comes up again."""
    if name in path:
        return (*path[path.index(name) :], name)
    if name in done:
        return ()
    found = next(filter(None, (_walk(after, other, (*path, name), done) for other in after[name])), ())
    done.add(name)
    return found


def depends_on(names: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return for each name those of the plan it waits for; a role that is not in the plan hands its own on."""
    return {name: tuple(other for other in names if other in _reach(name, set(names), after)) for name in names}


def _reach(name: str, members: set[str], after: Mapping[str, Sequence[str]]) -> set[str]:
    """Collect the members that a name waits for, looking through roles that take no part."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(after[name])
    while waiting:
        other = waiting.pop()
        if other in members:
            found.add(other)
        elif other not in seen:
            seen.add(other)
            waiting.extend(after[other])
    return found


def layers(waits: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return each task's layer: 0 for those that wait for nobody, else one more than the highest they wait for."""
    found: dict[str, int] = {}
    while len(found) < len(waits):
        found |= {
            task: max((found[other] + 1 for other in others), default=0)
            for task, others in waits.items()
            if task not in found and all(other in found for other in others)
        }
    return found


def batches(waits: Mapping[str, Sequence[str]], width: int, elite: Iterable[str]) -> tuple[Batch, ...]:
    """Fill batches of at most `width`: lowest layer first, in a layer the elite first, then the order of the roster."""
    depth, first = layers(waits), set(elite)
    queue = sorted(waits, key=lambda task: (depth[task], task not in first))
    done: set[str] = set()
    made: list[Batch] = []
    while queue:
        ready = [task for task in queue if done.issuperset(waits[task])][:width]
        made.append(Batch(len(made) + 1, tuple(ready)))
        done.update(ready)
        queue = [task for task in queue if task not in done]
    return tuple(made)
