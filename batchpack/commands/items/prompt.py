"""`batchpack items prompt`: write the one prompt of all workers, and the calls that start them."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack import places
from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import workers
from batchpack.items.words import count
from batchpack.items.workers import AGENT, MOST, Orders
from batchpack.runs import program, request, wording


@click.command(short_help="Write the prompt of all workers, and the calls that start them.")
@batch_command(
    click.option("--file", help="What is to be done with each item: a file, or - for standard input; it is kept."),
    click.option("--host", help="The host whose agents are the workers: the calls that start them are printed."),
    click.option("--workers", "asked", type=click.IntRange(1, MOST), help="How many; without it as many as have work."),
    click.option("--tasks", "most", type=click.IntRange(1), help="Each worker ends after so many tasks."),
    click.option(
        "--background", is_flag=True, help="The workers go on beside the conversation, where a host has that."
    ),
)
def command(
    room: Room, file: str | None, host: str | None, asked: int | None, most: int | None, background: bool
) -> None:
    """Write one prompt for all workers of a batch, and print the calls that start them in a host.

    Without --host the prompt itself is printed, for whoever starts workers by other means. With --tasks 1 all of them
    end after one chunk each, for a checkpoint before they are called again.
    """
    if host is not None:
        room.app.host(host)  # an unknown one is not kept
    wanted = workers.remember(room.connection, request.read((), file) if file is not None else None, host)
    orders = Orders(wanted, program.word(), most)
    path = workers.write(room.connection, room.folder, orders, room.app.content_roots)
    number = workers.number(room.connection, asked)
    text = path.read_text(encoding="utf-8")
    if host is None:
        room.tell([text.rstrip("\n")], prompt=text, file=str(path), workers=number)
        return
    lines = _calls(room, host, path, number, background)
    room.tell(_told(room, lines, number, background), prompt=text, file=str(path), workers=number, calls=lines)


def _calls(room: Room, host: str, path: Path, number: int, background: bool) -> list[str]:
    """Write the calls in the words of a host."""
    page = room.app.host(host)
    agent = page.agent_names([AGENT], room.project, places.home()).get(AGENT, AGENT)
    here = Path.cwd().resolve()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return page.agent_calls(workers.calls(room.folder.name, str(shown), number, agent, background=background))


def _told(room: Room, lines: list[str], number: int, background: bool) -> list[str]:
    """Say the calls to make and what comes after them."""
    after = [program.word(), "items", "status", *room.named.split()]
    if not number:
        return ["There is no task to work on.", *wording.step("Then", *after[1:])]
    head = f"{count(number, 'worker')} for what is left; each finds in the file how to go about it."
    if not background:
        return [head, *wording.calls(lines), *wording.step("Then", *after[1:])]
    start = f"Make {count(len(lines), 'call')} together in one message; they go on in the background:"
    wait = "Do not wait for their notices: they get lost. To see how far they are"
    return [head, start, "", *lines, "", *wording.step(wait, *after[1:], "--wait", "60")]
