"""All items in their order, each with the newest of what is known of it over all rounds, written as the answers."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from operator import itemgetter
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.messages import drafts, records
from batchpack.messages.collect import items_of, records_path
from batchpack.messages.job import Job
from batchpack.messages.outcomes import ANSWERED
from batchpack.messages.records import FAILED, HEADS, PENDING
from batchpack.messages.standing import collected
from batchpack.messages.state import Shard, State

CHUNK = 1 << 20
LINES = 512
Line = tuple[int, bytes]
"""The number of an item and its record, with the line end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A shard as a stretch of lines: the items it holds, from the first to the last, and whether all were answered."""

    shard: Shard
    first: int
    last: int
    answered: bool


def write(job: Job, state: State) -> dict[str, int]:
    """Write answers.jsonl and failed.jsonl of a job; returns how many items are answered, failed and pending.

    Both files are whole. Raises Unwritable, and BrokenFile when the lines are not as many as the items.
    """
    counts: Counter[str] = Counter()
    with drafts.draft(job.answers) as answers, drafts.draft(job.failed) as failed:
        for data, bad, found in _blocks(job, state):
            drafts.write(answers, data)
            drafts.write(failed, bad)
            counts.update(found)
        if counts.total() != job.facts.items["count"]:
            raise BrokenFile(job.folder, f"{counts.total()} of {job.facts.items['count']} items were found in it")
        drafts.publish(answers, job.answers)
        drafts.publish(failed, job.failed)
    return {status: counts[status] for status in (ANSWERED, FAILED, PENDING)}


Block = tuple[bytes, bytes, dict[str, int]]
"""Lines of answers, those of them that failed, and how many there are of each status."""


def _blocks(job: Job, state: State) -> Iterator[Block]:
    """Yield the answers in blocks; stretches that no other round touches are copied as they are."""
    parts = _parts(job, state)
    if any(here.last >= after.first for here, after in pairwise(parts)):
        yield from _by_line(line for _, line in newest(job, state))
        return
    for part in parts:
        if part.answered:
            yield from _copied(records_path(job, part.shard.name), part.shard.requests)
        else:
            yield from _by_line(line for _, line in _lines(job, part.shard))


def _parts(job: Job, state: State) -> list[Part]:
    """Return the shards by the items that they begin with."""
    done, parts = collected(state), []
    for shard in state.shards():
        event = done.get((shard.round, shard.number))
        first, last = _ends(job.keys(shard.name))
        parts.append(Part(shard, first, last, event is not None and set(event["kinds"]) == {ANSWERED}))
    return sorted(parts, key=lambda part: part.first)


def _ends(keys: Path) -> tuple[int, int]:
    """Return the numbers of the first and the last item of a shard."""
    try:
        with keys.open("rb") as stream:
            first = stream.readline()
            size = stream.seek(0, 2)
            stream.seek(max(0, size - (1 << 16)))
            last = stream.read().rstrip(b"\n").rpartition(b"\n")[2]
            if len(last) > 1 << 15:  # a key as long as that may begin before the block
                stream.seek(0)
                last = deque(stream, maxlen=1)[0]
        return int(first.partition(b"\t")[0]), int(last.partition(b"\t")[0])
    except (OSError, ValueError) as error:
        raise BrokenFile(keys, f"it does not say which items were sent: {error}") from error


def _copied(path: Path, count: int) -> Iterator[Block]:
    """Yield a file of records that are all answered, as it is."""
    found = 0
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            found += data.count(b"\n")
            yield data, b"", {}
    yield b"", b"", {ANSWERED: found}
    if found != count:
        raise BrokenFile(path, f"it holds {found} lines instead of {count}")


def _by_line(lines: Iterable[bytes]) -> Iterator[Block]:
    """Yield lines in blocks, looking at each for its status."""
    waiting = iter(lines)
    while chunk := list(islice(waiting, LINES)):
        failed = [line for line in chunk if line.startswith(HEADS[FAILED])]
        pending = sum(line.startswith(HEADS[PENDING]) for line in chunk)
        counts = {FAILED: len(failed), PENDING: pending, ANSWERED: len(chunk) - len(failed) - pending}
        yield b"".join(chunk), b"".join(failed), counts


def newest(job: Job, state: State) -> Iterator[Line]:
    """Yield every item's newest record in the order of the items; of rounds that overlap the latest one counts."""
    rounds = [chain.from_iterable(_lines(job, one) for one in shards) for _, shards in sorted(state.rounds.items())]
    held: Line | None = None
    for line in heapq.merge(*rounds, key=itemgetter(0)):
        if held is not None and held[0] != line[0]:
            yield held
        held = line
    if held is not None:
        yield held


def _lines(job: Job, shard: Shard) -> Iterator[Line]:
    """Yield the records of a shard with the numbers of their items; a shard that is not collected is pending."""
    items = items_of(job, shard)
    if not shard.collected:
        yield from ((i, records.pending(i, key) + b"\n") for i, key in zip(items.indices, items.keys, strict=True))
        return
    path = records_path(job, shard.name)
    try:
        with path.open("rb") as stream:
            yield from zip(items.indices, stream, strict=True)
    except (OSError, ValueError) as error:
        raise BrokenFile(path, f"it cannot be read as it was written: {error}") from error
