"""`batchpack items tasks`: see the tasks of a batch."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import Desk, desk_command, lines_of
from batchpack.output import say, say_json
from batchpack.plaintext import clean
from batchpack.queue.values import STATUSES, Status, Task


@click.command(short_help="See the tasks of a batch, or one of them.")
@desk_command(
    click.argument("task", required=False),
    click.option("--status", type=click.Choice(STATUSES), help="Only those of this status."),
    click.option("--worker", help="Only those of this worker."),
    click.option("--after", type=int, default=0, metavar="NUMBER", help="Go on behind this place."),
    click.option("--limit", type=int, default=50, show_default=True, help="How many at most."),
)
def command(desk: Desk, task: str | None, status: Status | None, worker: str | None, after: int, limit: int) -> None:
    """List the tasks of a batch, or show TASK with its text; claims that ran out are taken back first."""
    desk.queue.reap()
    if task is not None:
        _show(desk, desk.queue.get(task))
        return
    page, counts = desk.queue.page(status=status, assignee=worker, after=after, limit=limit), desk.queue.counts()
    if desk.as_json:
        say_json(
            {"batch": desk.batch, "counts": counts, "tasks": [one.to_json() for one in page.tasks], "after": page.after}
        )
        return
    say("\n".join(text for one in page.tasks for text in lines_of(one)) or "No task.")
    say(", ".join(f"{number} {name}" for name, number in counts.items() if number) or "The batch has no tasks.")
    if page.after is not None:
        say(f"There are more: --after {page.after}")


def _show(desk: Desk, task: Task) -> None:
    """Show a task with its text, evidence and tries."""
    known = {
        "token": task.token, "attempts": task.attempts, "lost leases": task.lost_leases, "version": task.version,
        "evidence": "; ".join(task.evidence),
    }  # fmt: skip
    facts = [f"  {name}: {clean(str(value))}" for name, value in known.items() if value]
    body = ["", clean(task.body)] if task.body else []
    desk.tell("\n".join([*lines_of(task), *facts, *body]), task)
