"""`batchpack items status`: where a batch stands, in counts that add up."""

from __future__ import annotations

import time
from typing import Any

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import looking, words, workers
from batchpack.items.manifest import added
from batchpack.plaintext import line
from batchpack.queue import claiming, database, ticks
from batchpack.runs import wording

POLL_SECONDS = 1.0


@click.command(short_help="Show where a batch stands.")
@batch_command(
    click.option("--rejected", is_flag=True, help="List the rows that were set aside."),
    click.option("--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait so long for the end."),
)
def command(room: Room, rejected: bool, wait: float) -> None:
    """Show how many items are done, failed, skipped, dead and pending, and the same of tasks."""
    facts = _facts(room)
    end = time.monotonic() + wait
    while looking.is_left(facts) and time.monotonic() < end:
        time.sleep(min(POLL_SECONDS, max(0.0, end - time.monotonic())))
        facts = _facts(room)
    rows = added(room.connection).rejected
    if rejected:
        room.tell([f"{line(place)}: {line(reason, 300)}" for place, reason in rows] or ["Nothing."], rejected=rows)
        return
    told = [
        f"Batch {room.folder.name}: {words.count(facts['items']['items'], 'item')} = {_sum(facts['items'], 'items')}",
        f"  in {words.count(facts['chunks'], 'chunk')}; tasks: {_sum(facts['tasks']) or 'none'}",
    ]
    if rows:
        told.append(f"  {words.count(len(rows), 'row was', 'rows were')} set aside: batchpack items status --rejected")
    if dead := facts["tasks"]["dead"]:
        told.append(f"  {words.count(dead, 'task was', 'tasks were')} given up: batchpack items dead {room.named}")
    room.tell([*told, *_then(room, facts)], **facts)


def _facts(room: Room) -> dict[str, Any]:
    """Return where the batch stands, after what dead workers held was taken back: nobody waits for those."""
    with database.transaction(room.connection):
        claiming.reap_all(room.connection, ticks.now())
    return looking.status(room.connection)


def _then(room: Room, facts: dict[str, Any]) -> list[str]:
    """Say what comes next: to cut the batch, to wait, to start workers, to sum it up."""
    if not any(facts["tasks"].values()):
        by = "month|week|day|FIELD|size|tokens"
        return wording.step("To make tasks of it,", "items", "chunk", "--by", by, *room.named.split())
    if not looking.is_left(facts):
        return wording.step("Nothing is left to work on. Then", "items", "summary", *room.named.split())
    if not workers.are_told(room.connection):
        return wording.step("For the next task, workers", "items", "claim", *room.named.split())
    held = facts["tasks"]["claimed"]
    waiting = f"{words.count(held, 'task is', 'tasks are')} held by workers: wait for them. " if held else ""
    host = workers.host_of(room.connection)
    called = ["--host", host] if host else []
    return wording.step(f"{waiting}If no worker is at it any more,", "items", "prompt", *called, *room.named.split())


def _sum(counts: dict[str, int], total: str = "") -> str:
    """Tell counts as a sum; those of none are left out."""
    return " + ".join(f"{number:,} {name}" for name, number in counts.items() if number and name != total)
