"""`batchpack items append`: put a note into a task."""

from __future__ import annotations

import click

from batchpack.commands.items._queue import TASK, Desk, desk_command, given_text


@click.command(short_help="Put a note into a task's text.")
@desk_command(
    TASK,
    click.option("--text", required=True, help="The note; - reads it from standard input."),
    click.option("--token", type=int, help="The token of your claim; a token that is not the present one is refused."),
    click.option("--if-version", "version", type=int, help="Only if nobody changed the task since this version."),
)
def command(desk: Desk, task: str, text: str, token: int | None, version: int | None) -> None:
    """Put a note behind the text of TASK, on lines of its own; what is there stays."""
    text = given_text() if text == "-" else text
    found = desk.queue.append(task, text, token=token, version=version)
    desk.tell(f"{found.id} has the note, and is at version {found.version}.", found)
