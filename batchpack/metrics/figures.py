"""What a run came to in figures: counts that add up, times, width, and what was used as far as it was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from batchpack.metrics.values import ENDS, GOOD, NOTHING_TOLD, Attempt, Record, Task


@dataclass(frozen=True, slots=True)
class Spent:
    """What attempts used: attempts = measured + unknown + without_model; tokens are those of the measured ones.

    `dollars` are the sum over the `priced` ones of the measured, None where there is none. Of measured + unknown
    attempts, those that are not priced are in no sum of money.
    """

    attempts: int
    measured: int
    unknown: int
    without_model: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    priced: int
    dollars: float | None

    @property
    def tokens(self) -> int:
        """Return all tokens that were measured."""
        return self.input + self.output + self.cache_read + self.cache_write

    def to_json(self) -> dict[str, Any]:
        """Return plain values; tokens are null where none were measured of any attempt of a model."""
        plain = asdict(self)
        if self.unknown and not self.measured:
            plain |= dict.fromkeys(("input", "output", "cache_read", "cache_write"))
        return {**plain, "tokens": None if self.unknown and not self.measured else self.tokens}


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds over `measured` attempts; None where none was measured.

    `worked` is their sum, `busy` the time in which at least one of them ran, `width` their ratio, `peak` the most
    that ran at one moment, `wall` the time from the first start to the last end.
    """

    measured: int
    worked: float | None
    busy: float | None
    wall: float | None
    width: float | None
    peak: int


@dataclass(frozen=True, slots=True)
class Queued:
    """Seconds for which `measured` attempts could have begun and had not: sum, median and most; None: none measured.

    A task's first attempt can begin when all that it waits for is settled, else with the run; a further one when the
    one before it has ended, or its merge was refused. Pauses, and times in which nobody drove the run, are in it.
    """

    measured: int
    seconds: float | None
    median: float | None
    longest: float | None


def elapsed(record: Record) -> float:
    """Return the seconds from the start of a run to its last recorded moment; its critical path lies within."""
    return max(0.0, record.last - record.begun)


def counts(record: Record) -> dict[str, int]:
    """Count tasks by their end; the sum over the ends is the number of tasks."""
    found: dict[str, int] = dict.fromkeys(ENDS, 0)
    for task in record.tasks:
        found[task.end] += 1
    return found


def spent(attempts: Iterable[Attempt]) -> Spent:
    """Add up what attempts used."""
    every = list(attempts)
    known = [one.usage for one in every if one.usage is not None]
    prices = [usage.dollars for usage in known if usage.dollars is not None]
    without = sum(one.usage is None and not one.by_model for one in every)
    sums = {kind: sum(getattr(usage, kind) for usage in known) for kind in _KINDS}
    return Spent(
        attempts=len(every), measured=len(known), unknown=len(every) - len(known) - without, without_model=without,
        priced=len(prices), dollars=sum(prices) if prices else None, **sums,
    )  # fmt: skip


_KINDS = ("input", "output", "cache_read", "cache_write")


def by_worker(record: Record) -> list[tuple[tuple[str, str, str], Spent, Times]]:
    """Return what each executor, agent and model used and how long it worked, in the order of their names."""
    found: dict[tuple[str, str, str], list[Attempt]] = {}
    for one in record.attempts:
        found.setdefault((one.executor, one.agent, one.model), []).append(one)
    return [(key, spent(several), times(several)) for key, several in sorted(found.items())]


def times(attempts: Iterable[Attempt]) -> Times:
    """Measure how long attempts worked, and how many at once."""
    spans = [(one.begun, one.begun + one.seconds) for one in attempts if one.seconds is not None]
    if not spans:
        return Times(0, None, None, None, None, 0)
    worked = sum(end - begun for begun, end in spans)
    steps = widths(spans)
    busy = sum(after - at for (at, many), (after, _) in pairwise(steps) if many)
    wall = max(end for _, end in spans) - min(begun for begun, _ in spans)
    return Times(len(spans), worked, busy, wall, worked / busy if busy else None, max(many for _, many in steps))


def widths(spans: Iterable[tuple[float, float]]) -> list[tuple[float, int]]:
    """Return how many spans are open from each moment on at which that changes; the last is 0."""
    changes: dict[float, int] = {}
    for begun, end in spans:
        changes[begun] = changes.get(begun, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    found, many = list[tuple[float, int]](), 0
    for at in sorted(changes):
        many += changes[at]
        found.append((at, many))
    return found


def retries(record: Record) -> int:
    """Count the attempts behind the first of each task; one that says nothing about its task is none."""
    telling = (sum(one.end not in NOTHING_TOLD for one in task.attempts) for task in record.tasks)
    return sum(max(0, many - 1) for many in telling)


def failed_attempts(record: Record) -> int:
    """Count the attempts that ended and came to nothing."""
    return sum(one.ended is not None and one.end not in (*GOOD, *NOTHING_TOLD) for one in record.attempts)


def queued(record: Record) -> Queued:
    """Measure how long attempts waited in line."""
    settled = {task.name: task.settled for task in record.tasks}
    found = [wait for task in record.tasks for wait in _waits(task, settled, record.begun)]
    if not found:
        return Queued(0, None, None, None)
    return Queued(len(found), sum(found), median(found), max(found))


def _waits(task: Task, settled: Mapping[str, float | None], begun: float) -> Iterator[float]:
    """Yield how long each attempt waited; none where the clock went back, or what it waited for has no end."""
    needs = [settled.get(name) for name in task.after]
    ready = None if None in needs else max([begun, *filter(None, needs)])
    for attempt in task.attempts:
        refused = [merge.at for merge in task.merges if not merge.commit and merge.at <= attempt.begun]
        since = ready if ready is None else max([ready, *refused])
        if since is not None and since <= attempt.begun:
            yield attempt.begun - since
        ready = attempt.last
