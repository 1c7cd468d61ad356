"""What a job's journal says in numbers: items answered, failed and pending, shards, usage, and dates that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from batchpack.messages.job import Job
from batchpack.messages.outcomes import ANSWERED
from batchpack.messages.state import Shard, State

EXPIRES = timedelta(hours=24)
"""How long a batch may take; what is not done by then comes back as expired and costs nothing."""
WARN_DAYS = 25
"""From this day on it is told that results are not collected yet."""


@dataclass(slots=True)
class Standing:
    """A job in numbers: items = answered + failed + pending, at any moment; `kinds` tells the failed ones apart.

    `asked` counts requests beyond one for each item: those of retries. `usage` is what was charged, in sums.
    """

    items: int
    answered: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    pending: int = 0
    asked: int = 0
    usage: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Return the number of items that have come back without an answer, as they stand now."""
        return self.items - self.answered - self.pending


def collected(state: State) -> dict[tuple[int, int], dict[str, Any]]:
    """Return for each collected shard, by round and number, what its last collection says."""
    found = {}
    for event in state.events:
        if event["event"] == "collected":
            found[event["round"], event["shard"]] = event
    return found


def standing(job: Job, state: State) -> Standing:
    """Count a job's items from its journal."""
    found = Standing(job.facts.items["count"])
    shards = list(state.shards())
    found.pending = sum(shard.requests for shard in shards if not shard.collected)
    found.asked = sum(shard.requests for shard in shards) - found.items
    for event in collected(state).values():
        kinds = Counter(event["kinds"])
        found.answered += kinds.pop(ANSWERED, 0)
        found.kinds += kinds
        found.usage += event["usage"]
    for event in state.events:
        if event["event"] == "submitted_round":
            found.kinds -= Counter(event.get("retries") or {})
    return found


def expiry(shard: Shard) -> datetime | None:
    """Return when the service gives up what it has not done of a shard, as near as our own clock tells."""
    return _time(shard.created) + EXPIRES if shard.created else None


def age(shard: Shard, now: datetime) -> timedelta:
    """Return how long ago a shard was sent."""
    return now - _time(shard.created)


def kept_until(shard: Shard, days: int) -> datetime:
    """Return when the service forgets the results of a shard, as near as our own clock tells."""
    return _time(shard.created) + timedelta(days=days)


def soon_lost(shards: Iterable[Shard], now: datetime) -> list[Shard]:
    """Return the shards whose results are not on disk although it is late to fetch them."""
    waiting = (shard for shard in shards if shard.batch and not shard.collected)
    return [shard for shard in waiting if age(shard, now) >= timedelta(days=WARN_DAYS)]


def _time(said: str) -> datetime:
    """Return a time of the journal."""
    return datetime.fromisoformat(said).astimezone(UTC)
