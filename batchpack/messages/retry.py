"""Another round: what came back without an answer is asked again, free of charge or, if it is wanted, changed."""

from __future__ import annotations

import heapq
import json
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from batchpack.errors import BatchpackError, UsageError
from batchpack.messages import joining, spool
from batchpack.messages.job import Job
from batchpack.messages.outcomes import CANCELED, LOST, remedy
from batchpack.messages.records import FAILED, HEADS
from batchpack.messages.spool import Bounds, Request, Spool
from batchpack.messages.state import Shard, State
from batchpack.provider import Limits

ROUNDS = 3
"""How many rounds of retries a job gets when nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """What another round asks differently; a field that is None stays as it was. `append` ends the last message."""

    max_tokens: int | None = None
    model: str | None = None
    append: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is changed, as facts for a journal."""
        told = {"max_tokens": self.max_tokens, "model": self.model, "append": self.append}
        return {name: value for name, value in told.items() if value is not None}

    def __bool__(self) -> bool:
        return bool(self.to_json())

    def apply(self, params: bytes) -> bytes:
        """Return the parameters of a request as they are asked this time."""
        found = json.loads(params)
        found |= {name: value for name, value in self.to_json().items() if name != "append"}
        if self.append is not None:
            _append(found["messages"][-1], self.append)
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _append(message: dict[str, Any], text: str) -> None:
    """Add a paragraph to a message."""
    if isinstance(message["content"], str):
        message["content"] += f"\n\n{text}"
    else:
        message["content"].append({"type": "text", "text": text})


def rounds_made(state: State) -> int:
    """Return how many rounds of retries there were."""
    return sum(1 for event in state.events if event["event"] == "submitted_round" and event.get("retries"))


def choose(job: Job, state: State, wanted: Callable[[str], bool]) -> tuple[array[int], Counter[str]]:
    """Return the numbers of the failed items whose kind is wanted, in order, and how many there are of each kind."""
    numbers, kinds = array("Q"), Counter[str]()
    for number, line in joining.newest(job, state):
        if line.startswith(HEADS[FAILED]):
            kind = json.loads(line)["kind"]
            if wanted(kind):
                numbers.append(number)
                kinds[kind] += 1
    return numbers, kinds


def free(kind: str) -> bool:
    """Tell whether a kind was not paid for and may fare better unchanged."""
    return remedy(kind) == "free"


def wanted(change: Change, kinds: Collection[str], *, paid: bool) -> Callable[[str], bool]:
    """Return what tells which kinds are asked again by a person's word; raises UsageError for what makes no sense.

    That covers what was canceled and what failed for the account's sake, since a person has seen to it.
    """
    if change and not paid:
        raise UsageError("a change is for answers that were paid for", "add --retry-paid, which pays for them again")
    if paid and not change and set(kinds) != {LOST}:
        raise UsageError(
            "the same request would be answered, and paid, the same way",
            f"change it with --max-tokens, --model or --append; unchanged only --kind {LOST} makes sense",
        )
    never = [kind for kind in kinds if remedy(kind) == "never"]
    if never:
        raise UsageError(
            f"{never[0]}: the service refuses these requests each time", "begin a new job with mended items"
        )
    allowed = {"paid"} if paid else {"free", "pause"}
    return lambda kind: remedy(kind) in allowed and (kind in kinds if kinds else kind != LOST or not change)


def begin(job: Job, limits: Limits, chosen: Callable[[str], bool], change: Change, most: int) -> dict[str, int]:
    """Prepare a round of the chosen items; returns how many of each kind, none where there are none.

    Raises BatchpackError while shards are out, and after `most` rounds.
    """
    state = job.state()
    if any(not shard.collected for shard in state.shards()):
        raise BatchpackError(
            f"job {job.id} is not all back yet", f"wait for it first: batchpack messages wait {job.id}"
        )
    numbers, kinds = choose(job, state, chosen)
    if not kinds:
        return {}
    made = rounds_made(state)
    if made >= most:
        raise BatchpackError(
            f"job {job.id} had {made} rounds of retries already", f"for one more, add --rounds {made + 1}"
        )
    bounds = Bounds(min(job.facts.shard_size, limits.requests), limits.bytes)
    prepare(job, state, bounds, numbers, kinds, change)
    return dict(kinds)


def uncanceled(kind: str) -> bool:
    """Tell whether a kind may be asked again without anybody's word: what was canceled may not."""
    return free(kind) and kind != CANCELED


def prepare(
    job: Job, state: State, bounds: Bounds, numbers: array[int], kinds: Mapping[str, int], change: Change
) -> int:
    """Write a round of the chosen items to the spool and into the journal; returns its number. Nothing is sent yet.

    A round that was cut off before its event is simply written again: nothing of it can have been sent.
    """
    number = max(state.rounds) + 1
    taken = {shard.requests for shard in state.shards()}
    written = Spool(job.folder / "spool", job.facts.nonce, number, bounds, taken)
    try:
        for request in _of(_requests(job, state), numbers):
            written.add(request._replace(params=change.apply(request.params)) if change else request)
        rows = written.close()
    except BaseException:
        written.abandon()
        raise
    if sum(row["requests"] for row in rows) != len(numbers):
        raise BatchpackError(
            f"not all items to retry were found below {job.folder}", "the spool was changed; nothing was sent"
        )
    job.record("submitted_round", round=number, shards=rows, retries=dict(kinds), change=change.to_json())
    return number


def _requests(job: Job, state: State) -> Iterator[Request]:
    """Yield the requests of all rounds in the order of the items, those of later rounds after earlier ones."""

    def of_round(shards: Iterable[Shard]) -> Iterator[Request]:
        return chain.from_iterable(spool.requests(job, shard) for shard in shards)

    rounds = [of_round(shards) for _, shards in sorted(state.rounds.items())]
    return heapq.merge(*rounds, key=itemgetter(0))


def _of(requests: Iterator[Request], numbers: array[int]) -> Iterator[Request]:
    """Yield the last request of each of the numbered items."""
    wanted = iter(numbers)
    number = next(wanted, None)
    held: Request | None = None
    for request in requests:
        if held is not None and request.number != held.number:
            yield held
            held, number = None, next(wanted, None)
        if number is None:
            return
        if request.number == number:
            held = request
    if held is not None:
        yield held
