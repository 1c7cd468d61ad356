"""What is told of a job without asking the service: its journal in facts for programs and in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from batchpack.amounts import count
from batchpack.messages.doubts import doubtful
from batchpack.messages.job import Job
from batchpack.messages.standing import Standing, age, expiry, kept_until, soon_lost, standing
from batchpack.messages.state import Shard, State
from batchpack.messages.words import duration

if TYPE_CHECKING:
    from batchpack.messages.costs import Bill

RESULTS_DAYS = 29
"""How long the service keeps results after a batch was made."""


def stage(state: State, found: Standing) -> str:
    """Return in a word where a job stands."""
    shards = list(state.shards())
    if state.paused:
        return "paused"
    if state.unsent:
        begun = len(state.unsent) < len(shards) or any(event["event"] == "direct_intent" for event in state.events)
        return "sending" if begun else "not sent"
    if any(not shard.ended for shard in shards if not shard.collected):
        return "in progress"
    if found.pending:
        return "ended"
    return "done" if not found.failed else "done with failures"


def to_json(job: Job, state: State, bill: Bill, now: datetime) -> dict[str, Any]:
    """Return a job as facts."""
    found = standing(job, state)
    live = [shard for shard in state.shards() if shard.batch and not shard.ended]
    oldest = min(live, key=lambda one: one.created) if live else None
    limit = expiry(oldest) if oldest else None
    return {
        "job": job.id,
        "folder": str(job.folder),
        "stage": stage(state, found),
        "mode": job.facts.mode,
        "model": job.facts.params.get("model"),
        "items": found.items,
        "answered": found.answered,
        "failed": found.failed,
        "pending": found.pending,
        "unknown": doubtful(state.events),
        "kinds": dict(found.kinds),
        "retried": found.asked,
        "shards": [_shard(shard) for shard in state.shards()],
        "expires_at": limit.isoformat() if limit else None,
        "expires_in_seconds": int((limit - now).total_seconds()) if limit else None,
        "paused": {"reason": state.paused["reason"], "hint": state.paused["hint"]} if state.paused else None,
        "cost": bill.to_json(),
    }


def _shard(shard: Shard) -> dict[str, Any]:
    """Return a shard as facts."""
    return {
        "shard": shard.name,
        "requests": shard.requests,
        "batch": shard.batch,
        "how": shard.how,
        "sent_at": shard.created or None,
        "ended_at": shard.ended_at,
        "counts": shard.counts,
        "collected": shard.collected,
    }


def lines(job: Job, state: State, bill: Bill, now: datetime) -> Iterator[str]:
    """Yield a job as lines."""
    from batchpack.messages import costs, report

    found = standing(job, state)
    yield f"Job {job.id}: {stage(state, found)}"
    yield f"  {count(found.items, 'item')} to {job.facts.params.get('model', 'an unknown model')}"
    if job.facts.mode == "batch":
        yield from _shards(state, now)
    yield f"  {report.counted(found)}"
    if found.kinds:
        yield "  failed: " + ", ".join(f"{number:,} {kind}" for kind, number in found.kinds.most_common())
    yield f"  {costs.lines(bill)[0]}"
    if doubts := doubtful(state.events):
        yield f"  unknown: {count(doubts, 'sending')} may have been paid without an answer"
    if state.paused:
        yield f"  paused: {state.paused['reason']}"
    yield from _next(job, state, found)


def _shards(state: State, now: datetime) -> Iterator[str]:
    """Yield how far the shards are, how old the oldest is that has not ended, and when the service gives it up."""
    shards = list(state.shards())
    sent = [shard for shard in shards if shard.batch]
    ended, taken = sum(1 for one in shards if one.ended), sum(1 for one in shards if one.collected)
    yield f"  shards: {len(shards)}, of these {len(sent)} sent, {ended} ended, {taken} collected"
    live = [shard for shard in sent if not shard.ended]
    if live:
        oldest = min(live, key=lambda one: one.created)
        limit = expiry(oldest)
        left = limit - now if limit else timedelta(0)
        told = f"expires in {duration(left)}" if left > timedelta(0) else "its 24 hours are over"
        yield f"  oldest not known to have ended: sent {duration(age(oldest, now))} ago, {told}"


def _next(job: Job, state: State, found: Standing) -> Iterator[str]:
    """Yield the command that comes next."""
    if state.paused:
        yield f"Next: {state.paused['hint']}"
    elif state.unsent:
        yield f"Then run:\n    batchpack messages {job.way}"
    elif found.pending:
        yield f"Then run:\n    batchpack messages wait {job.id}"
    elif not state.done:
        yield f"Then run:\n    batchpack messages results {job.id}"


def warnings(job: Job, state: State, now: datetime | None = None) -> Iterator[str]:
    """Yield what must not be put off: results that the service will throw away soon, or has thrown away by now."""
    now = now or datetime.now(UTC)
    late = soon_lost(state.shards(), now)
    if not late:
        return
    end = min(kept_until(shard, RESULTS_DAYS) for shard in late)
    what = (
        f"results of {count(len(late), 'shard')} of job {job.id} ({count(sum(one.requests for one in late), 'item')})"
    )
    if end > now:
        yield f"warning: {what} are thrown away from {end:%Y-%m-%d %H:%M} UTC on, in {duration(end - now)}"
        yield f"  fetch them now: batchpack messages results {job.id}"
    else:
        yield f"warning: {what} are past day {RESULTS_DAYS}; the service may keep them no more"
        yield f"  see what is left: batchpack messages results {job.id}"
