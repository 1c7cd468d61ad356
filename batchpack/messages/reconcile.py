"""What became of a batch whose answer was lost: found and adopted, found to be another's, or never made.

The service offers no name and no key for a batch that would tell ours apart. So a shard in doubt is looked for among
the batches made since its intent, by its number of requests, for as long as the grace lasts; whether a find is really
ours is proved by the ids in its results, once it has ended. Until then nothing is sent a second time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from batchpack.errors import BatchpackError
from batchpack.messages.desk import PATIENCE, Desk, backoff
from batchpack.messages.state import Shard
from batchpack.provider import BatchFacts, Refused, Unknown

MARGIN = timedelta(seconds=60)
"""How far the order of the service's list may be off; both times are the service's, so no clock of ours counts."""
LONGEST_LOOK = 15.0


class NoProof(BatchpackError):
    """An ended batch without results that could tell whose it is."""


def newest(desk: Desk) -> dict[str, str] | None:
    """Return the newest batch there is, to know later which were made after; None where there is none."""
    for found in desk.client.batches():
        return {"id": found.id, "created_at": found.created_at.isoformat()}
    return None


def resolve(desk: Desk, shard: Shard) -> None:
    """Settle a shard in doubt: afterwards it has a batch, or it is known that none was made and it may be sent."""
    desk.tell(f"shard {shard.name}: nobody knows whether it was accepted; looking for it, up to {desk.grace:.0f} s")
    end, looked, failed = time.monotonic() + desk.grace, 0, 0
    while True:
        last = time.monotonic() >= end
        try:
            if _adopt(desk, shard, list(_candidates(desk, shard))):
                return None
        except (Refused, Unknown) as error:
            failed, last = _after_failure(desk, error, failed), False
        if last:
            return _record_unmade(desk, shard)
        looked += 1
        desk.nap(max(0.01, min(0.25 * 2**looked, LONGEST_LOOK, end - time.monotonic())))


def _after_failure(desk: Desk, error: Refused | Unknown, failed: int) -> int:
    """Wait when the list could not be read: not to have seen a batch says nothing then."""
    if isinstance(error, Refused):
        desk.after_refusal(error, failed)
    elif failed >= PATIENCE:
        raise desk.pause("the list of batches cannot be read", "try again later") from error
    else:
        desk.nap(backoff(failed))
    return failed + 1


def _record_unmade(desk: Desk, shard: Shard) -> None:
    """Note that no batch was made."""
    desk.record("unmade", round=shard.round, shard=shard.number, grace=desk.grace)
    desk.tell(
        f"shard {shard.name}: no such batch after {desk.grace:.0f} s, so it was not accepted and is sent again "
        "(were it only listed later than that, it would be paid twice: --grace)"
    )


def _candidates(desk: Desk, shard: Shard) -> Iterator[BatchFacts]:
    """Yield the batches of the shard's size made since its intent of which it is not settled whose they are."""
    mark = (shard.intent or {}).get("after")
    oldest = datetime.fromisoformat(mark["created_at"]) - MARGIN if mark else None
    known = desk.state.known
    for found in desk.client.batches():
        if mark and found.id == mark["id"]:
            continue  # its neighbours in time may stand behind it
        if oldest is not None and found.created_at < oldest:
            return
        if found.id not in known and found.counts.total == shard.requests:
            yield found


def _adopt(desk: Desk, shard: Shard, found: list[BatchFacts]) -> bool:
    """Take the candidate that is ours: one proved by its results, else the oldest that has not ended."""
    for one in (one for one in found if one.status == "ended"):
        if owns(desk, shard, one.id):
            _record(desk, shard, one, "adopted")
            return True
        desk.record("foreign", batch=one.id)
    running = [one for one in found if one.status != "ended"]
    if running:
        _record(desk, shard, running[-1], "provisional")
    return bool(running)


def _record(desk: Desk, shard: Shard, found: BatchFacts, how: str) -> None:
    """Note the batch of a shard."""
    desk.record("created", round=shard.round, shard=shard.number, batch=found.id, how=how)
    proof = "" if how == "adopted" else "; its results will prove it"
    desk.tell(f"shard {shard.name}: found as {found.id}{proof}")


def owns(desk: Desk, shard: Shard, batch: str) -> bool:
    """Tell whether an ended batch is a shard's, by the id in its first result; raises Paused where it has none."""
    for tried in range(PATIENCE):
        lines = desk.client.results(batch)
        try:
            first = next(lines, None)
            if first is not None:
                name = json.loads(first)["custom_id"]
                return str(name).startswith(f"{desk.job.facts.nonce}-r{shard.round}-s{shard.number}-")
            break
        except Refused as error:
            if error.status == 404:
                break
            desk.after_refusal(error, tried)
        except (Unknown, ValueError, KeyError, TypeError):
            desk.nap(backoff(tried))
        finally:
            _close(lines)
    raise desk.pause(
        f"whether batch {batch} is ours cannot be known: its results are not there",
        f"look at it in the console; if it is not of job {desk.job.id}, delete it there",
    )


def _close(lines: Iterator[bytes]) -> None:
    """End a stream of results early."""
    close = getattr(lines, "close", None)
    if close is not None:
        close()


def confirm(desk: Desk, shard: Shard) -> bool:
    """Prove or disprove a provisional shard whose batch has ended; returns whether it is ours.

    One that is not is in doubt again: its own batch may be another of the same size.
    """
    if shard.proven:
        return True
    batch = shard.batch or ""
    if owns(desk, shard, batch):
        desk.record("confirmed", round=shard.round, shard=shard.number)
        return True
    desk.record("foreign", batch=batch)
    desk.tell(f"shard {shard.name}: {batch} is somebody else's")
    return False
