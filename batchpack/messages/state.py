"""Where a job stands, folded from its journal: rounds of shards, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from batchpack.messages.journal import Event


@dataclass(slots=True)
class Shard:
    """A part of a round that is sent as one batch; numbers count from 1.

    `intent` is the last one without a word of what became of it: while it stands, a batch may have been made.
    `how` is `direct` (the service answered), `adopted` (found and proved by its results) or `provisional` (found by
    its size alone; `confirmed` says later whether it is ours).
    """

    round: int
    number: int
    requests: int
    bytes: int
    sha256: str
    intent: Event | None = None
    intents: int = 0
    batch: str | None = None
    how: str = ""
    created: str = ""
    confirmed: bool = False
    canceled: bool = False
    counts: dict[str, int] | None = None
    ended_at: str | None = None
    rows: int | None = None
    rows_sha256: str = ""

    @property
    def name(self) -> str:
        """Return the name of the shard's files, without an ending: `<round>-<number>`."""
        return f"{self.round}-{self.number}"

    @property
    def proven(self) -> bool:
        """Tell whether the batch is known to be ours."""
        return self.batch is not None and (self.confirmed or self.how == "direct")

    @property
    def ended(self) -> bool:
        """Tell whether the service has finished the batch."""
        return self.counts is not None

    @property
    def collected(self) -> bool:
        """Tell whether the results lie on disk."""
        return self.rows is not None


@dataclass(slots=True)
class State:
    """A job's rounds by number, and what holds for all of it."""

    rounds: dict[int, list[Shard]] = field(default_factory=dict)
    canary_rounds: set[int] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    canary: Event | None = None
    paused: Event | None = None
    done: Event | None = None
    events: list[Event] = field(default_factory=list)

    def shards(self) -> Iterator[Shard]:
        """Yield all shards, in the order in which they are sent."""
        for number in sorted(self.rounds):
            yield from self.rounds[number]

    def shard(self, round_: int, number: int) -> Shard:
        """Return one shard."""
        return self.rounds[round_][number - 1]

    def of_batch(self, batch: str) -> Shard | None:
        """Return the shard that a batch carries."""
        return next((shard for shard in self.shards() if shard.batch == batch), None)

    @property
    def unsent(self) -> list[Shard]:
        """Return the shards without a batch."""
        return [shard for shard in self.shards() if shard.batch is None and not shard.collected]

    @property
    def known(self) -> set[str]:
        """Return the batches of which it is settled whose they are, or which a shard has taken for its own."""
        return self.foreign | {shard.batch for shard in self.shards() if shard.batch is not None}


def fold(events: Iterable[Event]) -> State:
    """Return where events lead; raises KeyError or TypeError for one that does not say what it must."""
    state = State()
    for event in events:
        apply(state, event)
    return state


def apply(state: State, event: Event) -> None:
    """Let one more event happen to a state."""
    state.events.append(event)
    act = _ACTS.get(event["event"])
    if act is not None:
        act(state, event)


def _round(state: State, event: Event) -> None:
    rows: list[dict[str, Any]] = event["shards"]
    number = event["round"]
    state.rounds[number] = [
        Shard(number, row["shard"], row["requests"], row["bytes"], row["sha256"])
        for row in sorted(rows, key=lambda row: int(row["shard"]))
    ]
    if event.get("canary"):
        state.canary_rounds.add(number)
    state.done = None


def _of(state: State, event: Event) -> Shard:
    return state.shard(event["round"], event["shard"])


def _intent(state: State, event: Event) -> None:
    shard = _of(state, event)
    shard.intent, shard.intents, state.paused = event, shard.intents + 1, None


def _not_made(state: State, event: Event) -> None:
    _of(state, event).intent = None


def _created(state: State, event: Event) -> None:
    shard = _of(state, event)
    shard.intent, shard.batch, shard.how, shard.created = None, event["batch"], event["how"], event["at"]
    shard.confirmed = event["how"] == "adopted"
    state.paused = None


def _foreign(state: State, event: Event) -> None:
    """A batch is not ours: the shard that had taken it is in doubt again, as it was before."""
    state.foreign.add(event["batch"])
    shard = state.of_batch(event["batch"])
    if shard is not None:
        intents = [e for e in state.events if e["event"] == "intent" and _of(state, e) is shard]
        shard.batch, shard.how, shard.counts, shard.ended_at = None, "", None, None
        shard.intent = intents[-1]


def _confirmed(state: State, event: Event) -> None:
    _of(state, event).confirmed = True


def _ended(state: State, event: Event) -> None:
    shard = state.of_batch(event["batch"])
    if shard is not None:
        shard.counts, shard.ended_at = event["counts"], event["ended_at"]


def _collected(state: State, event: Event) -> None:
    shard = _of(state, event)
    shard.rows, shard.rows_sha256 = event["rows"], event["sha256"]


def _cancel(state: State, event: Event) -> None:
    shard = state.of_batch(event["batch"])
    if shard is not None:
        shard.canceled = True


def _canary(state: State, event: Event) -> None:
    state.canary = event


def _paused(state: State, event: Event) -> None:
    state.paused = event


def _direct(state: State, _: Event) -> None:
    state.paused = None


def _done(state: State, event: Event) -> None:
    state.done = event


_ACTS = {
    "submitted_round": _round,
    "intent": _intent,
    "refused": _not_made,
    "unmade": _not_made,
    "created": _created,
    "foreign": _foreign,
    "confirmed": _confirmed,
    "ended": _ended,
    "collected": _collected,
    "cancel": _cancel,
    "canary": _canary,
    "paused": _paused,
    "direct_intent": _direct,
    "done": _done,
}
