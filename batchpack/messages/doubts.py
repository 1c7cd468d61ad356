"""Direct requests of which nobody knows whether they were paid: what the journal says of each sending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from batchpack.messages.journal import Event

Which = tuple[int, int, int]
"""A request: round, shard and number in the shard."""


def hanging(events: Iterable[Event]) -> set[Which]:
    """Return the requests that were sent and of which nothing came back, not even that nobody knows."""
    found: set[Which] = set()
    for event in events:
        if event["event"] == "direct_intent":
            found.add(_which(event))
        elif event["event"] == "answered":
            found.discard(_which(event))
    return found


def doubtful(events: Sequence[Event]) -> int:
    """Count the sendings that may have been paid without an answer: lost on the way, or cut off by a kill."""
    sent: int = sum(event["event"] == "direct_intent" for event in events)
    known: int = sum(event["event"] == "answered" and event["how"] != "unknown" for event in events)
    return sent - known


def _which(event: Event) -> Which:
    """Return the request that an event is about."""
    return event["round"], event["shard"], event["index"]
