"""`batchpack receipts append`: write a receipt before or after an act."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.receipts._shared import BATCH, JSON, PROJECT, folder_of
from batchpack.errors import UsageError
from batchpack.groups import options
from batchpack.items import acting
from batchpack.output import say, say_json
from batchpack.receipts import recording
from batchpack.receipts.values import PHASES, RESULTS, Draft, loads


@click.command(short_help="Write a receipt before or after an act.")
@click.argument("phase", type=click.Choice(PHASES))
@click.argument("undo", metavar="[-- UNDO...]", nargs=-1, type=click.UNPROCESSED)
@click.option("--what", default="", metavar="WORD", help="What is done, as archive.")
@click.option("--task", default="", help="The task that it belongs to.")
@click.option("--token", type=int, help="The token of your claim of that task.")
@click.option("--item", default="", help="What it is done to.")
@click.option("--worker", default="", help="Who does it.")
@click.option("--state", metavar="JSON", help="How things are before the act; - reads it from standard input.")
@click.option("--locator", default="", help="Where the thing is, or where it was put.")
@click.option("--act", default="", help="After the act: what the receipt before it was answered with.")
@click.option("--result", type=click.Choice(RESULTS), help="After the act: how it ended.")
@click.option("--detail", default="", help="After the act: what is worth knowing of it.")
@options(BATCH, PROJECT, JSON)
@click.pass_obj
def command(
    app: App, /, batch: str, project: Path | None, as_json: bool, state: str | None, result: str | None, **given: Any
) -> None:
    """Write a receipt and force it to disk; do so before you act and again after it.

    Behind `--` stands the command that takes the act back, word by word.

    \b
        batchpack receipts append before --what archive --task chunk-01 --token 1 --item mail-7 -- mv b/mail-7 a/mail-7
        batchpack receipts append after --act 1f2e3d4c5b6a --result done
    """
    folder, draft = folder_of(app, batch, project), Draft(**given, state=_state(state), result=result or "")  # type: ignore[arg-type]
    if draft.phase == "before":
        acting.check(folder, draft.item, draft.task)
    receipt = recording.append(folder, draft)
    if as_json:
        say_json({"receipt": receipt.to_json()})
    elif receipt.draft.phase == "before":
        say(f"Receipt {receipt.seq}: act {receipt.act} begins.")
        say("When it is done, or failed, or was skipped, say which with --result and run:")
        say(f"    batchpack receipts append after --act {receipt.act} --result done")
    else:
        say(f"Receipt {receipt.seq}: act {receipt.act} {receipt.draft.result}.")


def _state(text: str | None) -> Any:
    """Read the state before an act."""
    if text is None:
        return None
    try:
        return loads(sys.stdin.buffer.read() if text == "-" else text)
    except ValueError as error:
        raise UsageError(f"--state is no JSON: {error}", """write it as '{"folder": "INBOX"}'""") from error
