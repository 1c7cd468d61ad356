"""`batchpack items claim`: get the next task, alone."""

from __future__ import annotations

import time

import click

from batchpack.commands.items._queue import LEASE, WORKER, Desk, desk_command, worker_of
from batchpack.plaintext import clean, line
from batchpack.queue.claiming import Limited
from batchpack.queue.values import ENDED, STATUSES, Task, said

POLL_SECONDS = 1.0
CUT = "To make them, run:\n    batchpack items chunk --by month|week|day|FIELD|size|tokens --batch"


@click.command(short_help="Get the next task, which is nobody else's then.")
@desk_command(
    click.argument("task", required=False),
    WORKER,
    LEASE,
    click.option("--wait", type=float, default=0.0, metavar="SECONDS", help="Wait so long for one while others work."),
)
def command(desk: Desk, task: str | None, worker: str | None, lease: float, wait: float) -> None:
    """Claim the next task, or TASK; it is yours alone until the lease ends, and longer with `heartbeat`.

    The answer holds a token: every report about the task names it, and a report with an old one is refused.
    """
    name = worker_of(worker)
    found = _claim(desk, name, task, lease, wait)
    if found is None:
        _tell_none(desk)
        return
    text = [line(found.title), clean(found.body)]
    look = {"chunk": f"list --chunk {found.chunk} --left", "item": f"show {found.item}"}
    seen = [f"batchpack items {look[found.kind]} --batch {desk.batch}"] if found.kind in look else []
    judge = [desk.call("record", found, "ITEM --category …")] if found.kind == "chunk" else []
    calls = [*seen, *judge, desk.call("heartbeat", found), desk.call("complete", found, "--evidence '…'")]
    said_first = f"{found.id} is yours until {said(found.lease_until)}, with token {found.token}."
    then = "\n    ".join(["While you work, and when it is done, run:", *calls])
    desk.tell("\n".join([said_first, *filter(None, text), then]), found)


def _claim(desk: Desk, worker: str, task: str | None, lease: float, wait: float) -> Task | None:
    """Claim a task, asking again for some time while others still hold what may come free."""
    end = time.monotonic() + wait
    while True:
        try:
            found = desk.queue.claim(worker, task=task, lease=lease)
        except Limited:
            if time.monotonic() >= end:
                raise
            found = None
        left = end - time.monotonic()
        if found is not None or left <= 0 or desk.queue.soonest() is None:
            return found
        time.sleep(min(POLL_SECONDS, left))


def _tell_none(desk: Desk) -> None:
    """Say why there is nothing to claim: everything is ended, or others hold what is left."""
    counts, soonest = desk.queue.counts(), desk.queue.soonest()
    if soonest is None:
        ended = ", ".join(f"{counts[status]} {status}" for status in STATUSES if status in ENDED and counts[status])
        text = f"Nothing is left to claim: {ended}." if ended else f"The batch has no tasks yet. {CUT} {desk.batch}"
    else:
        paused = f", {counts['pending']} paused" if counts["pending"] else ""
        held = f"{counts['claimed']} held by workers{paused}"
        text = f"Nothing to claim now: {held}. Ask again in {max(1, round(soonest))} s at the latest."
    desk.tell(text, None, counts=counts, left=soonest is not None, ask_again_seconds=soonest)
