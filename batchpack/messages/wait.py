"""Waiting for a job: ask, fetch what has ended, ask again what may be asked for free; and say only what is known."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from batchpack.messages import collect, outcomes, retry, submit
from batchpack.messages.desk import GRACE_SECONDS, Desk
from batchpack.messages.job import Job
from batchpack.messages.patience import Tell
from batchpack.messages.standing import collected, expiry, standing
from batchpack.messages.state import State
from batchpack.messages.words import duration
from batchpack.provider import Client, Limits

FIRST_LOOK, LONGEST_LOOK = 1.0, 60.0
"""Seconds between two looks at the service: few at first, for small sets, then as many as its own examples take."""
FOREVER = 10**9


@dataclass
class Waiting:
    """How a job is waited for: `retries` is how many rounds of free retries there may be, 0 for none.

    `every` seconds lie between two looks; None lets the pause grow. `nap` waits some seconds.
    """

    job: Job
    client: Client
    limits: Limits
    tell: Tell
    retries: int = 0
    every: float | None = None
    grace: float = GRACE_SECONDS
    nap: Callable[[float], None] = time.sleep
    state: State = field(init=False)
    looked: datetime | None = None

    def __post_init__(self) -> None:
        self.state = self.job.state()

    def run(self) -> State:
        """Wait until all that was sent lies on disk and no round follows; returns the last state.

        Raises Paused and Uncollectable. The job is held during each look and free between them.
        """
        pauses = 0
        while True:
            before = self._ended()
            with self.job.locked():
                going = self._step()
            if not going:
                return self.state
            pauses = 0 if self._ended() != before else pauses + 1
            self.nap(self.every if self.every is not None else min(FIRST_LOOK * 1.5**pauses, LONGEST_LOOK))

    def _ended(self) -> int:
        """Count the shards that have ended."""
        return sum(1 for shard in self.state.shards() if shard.ended)

    def _step(self) -> bool:
        """Look once and do what can be done by now; returns whether there is something to wait for."""
        self.state = self.job.state()
        if self.retries and not self.state.paused and self.state.unsent:
            self._send()
        collect.look(self.job, self.client, self.state, self.tell, FOREVER)
        self.looked = datetime.now(UTC)
        self.state = self.job.state()
        collect.fetch(self.job, lambda: self.client, self.tell, FOREVER, self._tell_new)
        self.state = self.job.state()
        if any(shard.batch and not shard.collected for shard in self.state.shards()):
            return True
        if self.state.unsent:
            return bool(self.retries) and not self.state.paused
        pause_if_needed(self.job, self.state)
        return bool(self.retries) and not self.job.state().paused and self._again()

    def _send(self) -> None:
        """Send what there is room for."""
        desk = Desk(self.job, self.client, self.limits, grace=self.grace, tell=self.tell, nap=self.nap)
        submit.send_what_fits(desk)
        self.state = desk.state

    def _tell_new(self) -> None:
        """Say which shards were fetched just now, and what they held."""
        known = {shard.name for shard in self.state.shards() if shard.collected}
        self.state = self.job.state()
        done = collected(self.state)
        for shard in self.state.shards():
            if shard.collected and shard.name not in known:
                kinds = Counter(done[shard.round, shard.number]["kinds"])
                answered = kinds.pop(outcomes.ANSWERED, 0)
                rest = "".join(f", {count:,} {kind}" for kind, count in kinds.most_common())
                self.tell(f"shard {shard.name} ended: {answered:,} of {shard.requests:,} answered{rest}")

    def _again(self) -> bool:
        """Begin another round of what may be asked again for free; returns whether there is one."""
        if retry.rounds_made(self.state) >= self.retries or not any(map(retry.uncanceled, _kinds(self))):
            return False
        kinds = retry.begin(self.job, self.limits, retry.uncanceled, retry.Change(), self.retries)
        told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        self.state = self.job.state()
        self.tell(f"round {max(self.state.rounds)}: asking again, free of charge: {told}")
        return bool(kinds)


def _kinds(waiting: Waiting) -> Counter[str]:
    """Return the kinds of the items that have failed as things stand."""
    return standing(waiting.job, waiting.state).kinds


def pause_if_needed(job: Job, state: State) -> None:
    """Note that the job stands still when items failed for the account's sake; once for each such state."""
    kinds = [kind for kind in standing(job, state).kinds if outcomes.remedy(kind) == "pause"]
    if kinds and not state.paused:
        kind = kinds[0]
        hint = f"{outcomes.HINTS[kind]}, then run: batchpack messages retry {job.id}"
        job.record("paused", reason=f"items came back with an error of the account ({kind})", hint=hint)


def progress(waiting: Waiting, now: datetime) -> str:
    """Say how far a job is, in a line: shards ended, items back, age, and when the service gives up what is left."""
    state = waiting.state
    shards = list(state.shards())
    sent = [shard for shard in shards if shard.batch]
    found = standing(waiting.job, state)
    parts = [f"{sum(1 for shard in sent if shard.ended)} of {len(shards)} shards ended"]
    parts.append(f"{found.items - found.pending:,} of {found.items:,} items back")
    if len(sent) < len(shards):
        parts.append(f"{len(shards) - len(sent)} shards not sent yet")
    live = [shard for shard in sent if not shard.ended]
    if live:
        oldest = min(live, key=lambda shard: shard.created)
        limit = expiry(oldest)
        left = limit - now if limit else timedelta(0)
        parts.append(f"oldest sent {duration(now - datetime.fromisoformat(oldest.created))} ago")
        parts.append(f"expires in {duration(left)}" if left > timedelta(0) else "its time is over")
    return ", ".join(parts)
