"""`batchpack execute-batch record`: what an agent answered is kept until the batch is ended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.files import read_text
from batchpack.output import say


@click.command(short_help="Hand in what an agent answered.")
@click.argument("run")
@click.argument("task")
@click.option("--attempt", type=click.IntRange(1), required=True, help="The attempt, as the call was printed.")
@click.option("--file", "file", metavar="FILE", help="The agent's last message; - reads it from standard input.")
@click.option("--timeout", "timed_out", is_flag=True, help="The agent did not end in time.")
@click.option("--failed", is_flag=True, help="The agent could not be started, or broke off.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.pass_obj
def command(app: App, /, run: str, task: str, **given: Any) -> None:
    """Hand in an agent's last message, or that there is none; what it says is checked when the batch is ended."""
    from batchpack.attempts.result import Claim, read
    from batchpack.errors import UnknownName, UsageError
    from batchpack.execution import hosted, hosting, standing

    if not (given["file"] or given["timed_out"] or given["failed"]):
        raise UsageError("nothing was handed in", "give --file, or say --timeout or --failed")
    text = _text(given["file"])
    found = hosted.find(app, run, given["project"])
    with hosted.opened(app, found) as context:
        if task not in context.tasks:
            raise UnknownName("task", task, context.tasks)
        hosting.hand_in(
            context, task, given["attempt"], text, failed=given["failed"], timed_out=given["timed_out"]
        )  # fmt: skip
        standing.tell_answered(found, context.state)
    said = read(text, task)
    claim = said.status if isinstance(said, Claim) else f"no usable RESULT: {said.reason}"
    how = "it did not end in time" if given["timed_out"] else "it broke off" if given["failed"] else claim
    say(f"Recorded: {task}, attempt {given['attempt']} ({how})")


def _text(file: str | None) -> str:
    """Return the text that is handed in."""
    if file is None:
        return ""
    return sys.stdin.buffer.read().decode(errors="replace") if file == "-" else read_text(Path(file))
