"""`batchpack items run`: work through a batch without a conversation, a call an item or a chunk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.commands.items._queue import LEASE
from batchpack.errors import BatchpackError, UsageError
from batchpack.executor import Executor
from batchpack.files import read_text
from batchpack.item_runs.crew import Crew
from batchpack.item_runs.values import TIMEOUT_SECONDS, Act, Options
from batchpack.items import looking, workers
from batchpack.items.words import count
from batchpack.messages import answers, schema
from batchpack.output import warn
from batchpack.queue import ids

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Work through a batch without a conversation.")
@batch_command(
    click.option("-j", "--jobs", type=click.IntRange(1, 64), default=3, show_default=True, help="Tasks at once."),
    click.option("--executor", default="claude", show_default=True, help="What makes a call: a host, or shell."),
    click.option("--prompt", "template", type=_FILE, help="The text for each call; its words are the fields."),
    click.option(
        "--command", "line", default="", help="With shell: the line to run; the prompt is a file it can read."
    ),
    click.option("--schema", help="What an answer must be: a JSON schema in a file, or a model as module:Model."),
    click.option(
        "--per", type=click.Choice(["item", "chunk"]), default="item", show_default=True, help="One call each."
    ),
    click.option("--model", default="", help="The host's name of a model."),
    click.option("--agent", default="", help="The host's name of an agent."),
    click.option(
        "--timeout", type=float, default=TIMEOUT_SECONDS, show_default=True, metavar="SECONDS", help="Of a call."
    ),
    click.option("--act", help="Carry out this approved act, with a receipt before and after each."),
    click.option("--undo", metavar="JSON", help="With --act: the command that takes it back, a list of words."),
    LEASE,
)
def command(room: Room, **given: Any) -> int:
    """Work through what is left of a batch: each item is a call of its own, whose answer becomes its record.

    Several of these, and workers in a host, may run at once. Interrupted, it gives back what it holds; killed, that
    comes back when its lease ends, and the calls that ran are killed with it. What is recorded is never asked again.
    """
    crew = Crew(_options(room, given), lambda text: None if room.as_json else warn(text))
    done = crew.run()
    facts = looking.status(room.connection)
    total = facts["items"]
    summed = " + ".join(f"{number:,} {name}" for name, number in total.items() if number and name != "items")
    told = [
        f"{count(done.done, 'task')} done, {done.failed} failed, with {count(done.calls, 'call')}.",
        f"Batch {room.folder.name}: {count(total['items'], 'item')} = {summed}",
    ]
    if done.stopped:
        told += [f"It stopped: {done.stopped}", "Run it again to go on: what is recorded is not asked again."]
    room.tell(told, done=done.done, failed=done.failed, calls=done.calls, stopped=done.stopped, **facts)
    return 1 if done.failed or done.stopped else 0


def _options(room: Room, given: dict[str, Any]) -> Options:
    """Return what is to be done; raises UsageError for words that do not fit together."""
    executor = room.app.executor(given["executor"])
    _check(executor, given)
    found = schema.load(given["schema"], Path.cwd()) if given["schema"] else None
    template = given["template"]
    wanted = "" if template or not executor.AGENT else workers.remember(room.connection, None, None)
    return Options(
        executor=executor, jobs=given["jobs"], project=room.project, folder=room.folder, worker=f"run.{os.getpid()}",
        template=read_text(template) if template else "", template_path=template or Path("--prompt"), wanted=wanted,
        command=given["line"], model=given["model"], agent=given["agent"], per=given["per"],
        schema=found.json if found else None, reader=answers.by_schema(found.json) if found else None,
        timeout=given["timeout"], lease=given["lease"], act=_act(given), roots=room.app.content_roots,
    )  # fmt: skip


def _check(executor: Executor, given: dict[str, Any]) -> None:
    """Refuse what cannot be run."""
    if missing := executor.missing():
        raise BatchpackError(f"{executor.TITLE} is not there", missing)
    if bool(given["line"]) == executor.AGENT:
        which = "an agent needs no --command" if executor.AGENT else f"{executor.NAME} needs a --command"
        raise UsageError(which, "give --prompt to agents, --command to the shell")
    if given["act"] and given["per"] != "item":
        raise UsageError("an act is carried out on one item at a time", "leave --per out")


def _act(given: dict[str, Any]) -> Act | None:
    """Return the act that is carried out."""
    if given["act"] is None:
        if given["undo"]:
            raise UsageError("--undo belongs to an act", "name it with --act")
        return None
    try:
        undo = json.loads(given["undo"] or "[]")
    except ValueError as error:
        raise UsageError(
            f"--undo is no JSON: {error}", """write it as '["mv", "archive/{{ id }}", "inbox"]'"""
        ) from error
    if not isinstance(undo, list) or not all(isinstance(word, str) for word in undo):
        raise UsageError("--undo is no list of words", """write it as '["mv", "archive/{{ id }}", "inbox"]'""")
    return Act(ids.check("task", given["act"]), tuple(undo))
