"""Sending the shards of a job: each exactly once, whatever happens on the way.

An intent is on disk before a request is sent, and what became of it after. An answer of 4xx made nothing; anything else
that is no answer leaves the shard in doubt, and a shard in doubt is looked for before it is ever sent again.
"""

from __future__ import annotations

from batchpack.amounts import count, size
from batchpack.messages import reconcile, spool
from batchpack.messages.canary import await_canary
from batchpack.messages.desk import LONGEST_PAUSE, PATIENCE, Desk, backoff
from batchpack.messages.state import Shard
from batchpack.provider import Refused, Unknown


def send_all(desk: Desk) -> None:
    """Send every shard that has no batch, in waves under the queue limit; raises Paused.

    The job must be locked. Returns when all are accepted, some perhaps provisionally.
    """
    settle(desk)
    while True:
        ahead = _canary(desk)
        if ahead is not None:
            await_canary(desk, ahead)
        shard = next(iter(desk.state.unsent), None)
        if shard is None:
            return
        make_room(desk, shard)
        send(desk, shard)


def send_what_fits(desk: Desk) -> bool:
    """Send the shards that there is room for, without waiting for room; returns whether all are accepted by now.

    The job must be locked. Raises Paused.
    """
    settle(desk)
    while True:
        ahead = _canary(desk)
        if ahead is not None and not ahead.ended and desk.look(ahead).status != "ended":
            return False
        if ahead is not None:
            await_canary(desk, ahead)
        shard = next(iter(desk.state.unsent), None)
        if shard is None:
            return True
        if not _fits(desk, shard):
            return False
        send(desk, shard)


def settle(desk: Desk) -> bool:
    """Prove provisional shards whose batches have ended; returns whether all are proven by now."""
    for shard in list(desk.state.shards()):
        if shard.batch is not None and not shard.proven:
            if not shard.ended:
                desk.look(shard)
            if shard.ended:
                reconcile.confirm(desk, shard)
    return all(shard.proven for shard in desk.state.shards())


def _canary(desk: Desk) -> Shard | None:
    """Return the shard that went ahead of its round and has not come back yet."""
    if not desk.canary or desk.state.canary is not None or not desk.state.canary_rounds:
        return None
    ahead = desk.state.shard(min(desk.state.canary_rounds), 1)
    return ahead if ahead.batch is not None else None


def make_room(desk: Desk, shard: Shard) -> None:
    """Wait until the shard fits under the queue limit, and until no other of its size waits for its proof."""
    told = False
    for tried in range(1_000_000):
        if _fits(desk, shard):
            return
        if not told:
            desk.tell(f"shard {shard.name}: waiting, since {_waiting(desk):,} requests are queued already")
            told = True
        desk.nap(min(desk.poll, LONGEST_PAUSE, backoff(tried)))
        for other in list(desk.state.shards()):
            if other.batch is not None and not other.ended:
                desk.look(other)
        settle(desk)


def _fits(desk: Desk, shard: Shard) -> bool:
    """Tell whether a shard may be sent now."""
    waiting = _waiting(desk)
    if waiting and waiting + shard.requests > desk.queue_limit:
        return False
    return not any(
        other.batch is not None and not other.proven and other.requests == shard.requests
        for other in desk.state.shards()
    )


def _waiting(desk: Desk) -> int:
    """Count the requests that the service has not finished, as far as is known."""
    return sum(one.requests for one in desk.state.shards() if one.batch is not None and not one.ended)


def send(desk: Desk, shard: Shard) -> None:
    """Bring a shard to the service: afterwards it has a batch. Raises Paused."""
    tried = limited = 0
    while shard.batch is None:
        if shard.intent is not None:
            reconcile.resolve(desk, shard)
            continue
        try:
            _post(desk, shard)
        except Refused as error:
            limited += 1
            desk.after_refusal(error, limited - 1)
        except Unknown as error:
            tried += 1
            desk.tell(f"shard {shard.name}: {error.message}")
            if tried >= PATIENCE:
                raise desk.pause(f"shard {shard.name} gets no answer ({error.reason})", "try again later") from error
            desk.nap(backoff(tried - 1) if shard.intent is None else 0.0)


def _post(desk: Desk, shard: Shard) -> None:
    """Send a shard once: intent, request, and what became of it."""
    spool.verify(desk.job, shard)
    after = reconcile.newest(desk)
    facts = {"round": shard.round, "shard": shard.number}
    desk.record("intent", **facts, requests=shard.requests, sha256=shard.sha256, after=after)
    try:
        made = desk.client.create(desk.job.body(shard.name))
    except Refused as error:
        desk.record("refused", **facts, status=error.status, kind=error.kind, message=error.said[:500])
        raise
    desk.record("created", **facts, batch=made.id, how="direct")
    desk.tell(f"shard {shard.name}: {count(shard.requests, 'request')}, {size(shard.bytes)}, accepted as {made.id}")
