"""Ending a job's batches: what is under way at the service is asked to stop, what was not sent stays unsent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from batchpack.messages.collect import TRIES, look
from batchpack.messages.job import Job
from batchpack.messages.patience import Tell, patiently
from batchpack.provider import Client, Refused


@dataclass(frozen=True, slots=True)
class Canceled:
    """The batches that were asked to end, the requests that were never sent, and the shards nobody knows of."""

    batches: list[str]
    unsent: int
    doubtful: list[str]


def cancel(job: Job, client: Client, tell: Tell) -> Canceled:
    """Cancel every batch that has not ended; the caller holds the job. Asking twice does no harm.

    A batch that ended meanwhile is fine. The job then stands still, so that nothing more of it is sent by itself.
    """
    look(job, client, job.state(), tell)
    state, asked = job.state(), []
    doubtful = [shard.name for shard in state.shards() if shard.intent is not None and shard.batch is None]
    unsent = sum(shard.requests for shard in state.unsent)
    if state.unsent and not state.paused:
        hint = f"to send the rest, run: batchpack messages resume {job.id}"
        job.record("paused", reason="it was canceled", hint=hint)
    for shard in state.shards():
        if shard.batch is None or shard.ended:
            continue
        try:
            patiently(partial(client.cancel, shard.batch), TRIES, tell)
        except Refused as error:
            if error.status != 400:
                raise
            tell(f"batch {shard.batch} has ended already")
            continue
        job.record("cancel", batch=shard.batch)
        asked.append(shard.batch)
    return Canceled(asked, unsent, doubtful)
