"""The desk at which a job is worked on: its folder, its state kept up to date, and the connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from batchpack.errors import BatchpackError
from batchpack.messages.job import Job
from batchpack.messages.state import Shard, State, apply
from batchpack.provider import BatchFacts, Client, Limits, Refused, Unknown

GRACE_SECONDS = 180.0
"""How long a batch whose answer was lost may take to show up in the list; how long it takes is documented nowhere."""
LONGEST_PAUSE = 60.0
PATIENCE = 8
"""How often the same trouble is met before the job pauses."""


class Paused(BatchpackError):
    """The job cannot go on by itself; what to do is in the hint, and the journal knows it too."""


class ForeignAccount(BatchpackError):
    """The credentials or the address are not those that the job was begun with."""


@dataclass
class Desk:
    """A job at work; `tell` is called with a line for the person, `nap` waits some seconds."""

    job: Job
    client: Client
    limits: Limits
    grace: float = GRACE_SECONDS
    queue_limit: int = 0
    canary: bool = True
    poll: float = LONGEST_PAUSE
    tell: Callable[[str], None] = lambda _: None
    nap: Callable[[float], None] = time.sleep
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = self.job.state()
        self.queue_limit = self.queue_limit or self.limits.queued

    def record(self, event: str, **facts: object) -> None:
        """Write an event to the journal, on disk, then let it happen here."""
        apply(self.state, self.job.record(event, **facts))

    def pause(self, reason: str, hint: str) -> Paused:
        """Note that the job stands still, and return the error that says so."""
        self.record("paused", reason=reason, hint=hint)
        way = f"{hint}; then run: batchpack messages resume {self.job.id}"
        return Paused(f"job {self.job.id} is paused: {reason}", way)

    def ask(self, act: Callable[[], BatchFacts]) -> BatchFacts:
        """Ask something that can be asked again, patiently; raises Paused when the service will not answer."""
        for tried in range(PATIENCE):
            try:
                return act()
            except Refused as error:
                self.after_refusal(error, tried)
            except Unknown as error:
                self.tell(f"{error.reason}; asking again")
                self.nap(backoff(tried))
        raise self.pause("the service does not answer", "try again later")

    def after_refusal(self, error: Refused, tried: int) -> None:
        """Wait as a refusal asks for, or raise Paused for one that waiting does not mend."""
        hint = _REMEDIES.get(error.status, "mend what it says")
        if error.code == "enforced_spend_limit_reached" or _about_money(error.said):
            raise self.pause(error.message, "raise the spend limit or add credit")
        if error.status not in (0, 429) or (error.status == 0 and tried >= PATIENCE - 1):
            raise self.pause(error.message, hint)
        if error.status == 0 and error.kind != "unreachable":
            raise self.pause(error.message, "mend the credentials")
        wait = error.retry_after if error.retry_after is not None else backoff(tried)
        self.tell(f"{error.message}; going on in {wait:.0f} s")
        self.nap(min(max(wait, 0.05), 3600))

    def look(self, shard: Shard) -> BatchFacts:
        """Ask how a shard's batch stands, and note its end."""
        batch = shard.batch or ""
        facts = self.ask(lambda: self.client.retrieve(batch))
        if facts.status == "ended" and not shard.ended:
            ended = facts.ended_at.isoformat() if facts.ended_at else None
            names = ("succeeded", "errored", "canceled", "expired")
            counts = {name: getattr(facts.counts, name) for name in names}
            self.record("ended", batch=batch, counts=counts, ended_at=ended)
        return facts


def check_account(job: Job, client: Client, *, same_workspace: bool = False) -> None:
    """Refuse other credentials or another address than the job's: what it sent could not be found there."""
    facts = job.facts
    if facts.base_url != client.base_url:
        raise ForeignAccount(
            f"job {job.id} was begun at {facts.base_url}, and now the address is {client.base_url}",
            "set ANTHROPIC_BASE_URL as it was: what was sent there cannot be found elsewhere, and would be paid again",
        )
    if facts.account != client.account and not same_workspace:
        raise ForeignAccount(
            f"job {job.id} was begun with another key",
            "use that key, since keys of other workspaces do not see its batches and would pay again; "
            "if the new key belongs to the same workspace, add --same-workspace",
        )


def backoff(tried: int) -> float:
    """Return the seconds to wait after so many failures: 1, 2, 4 … up to a minute."""
    return min(LONGEST_PAUSE, 2.0 ** min(tried, 10))


def _about_money(said: str) -> bool:
    """Tell whether an error is about credit or a spend limit, which no item can help."""
    words = said.lower()
    return "credit balance" in words or "spend limit" in words or "usage limits" in words


_REMEDIES = {
    0: "see whether the network and the address are right",
    401: "set the right ANTHROPIC_API_KEY",
    402: "mend the billing",
    403: "ask for the permission",
    404: "see whether the address is right",
    413: "begin a job with a smaller --shard-size",
}
