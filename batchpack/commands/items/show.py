"""`batchpack items show`: one item with all that is known of it."""

from __future__ import annotations

import json
from typing import Any

import click

from batchpack.commands.items._batch import Room, batch_command
from batchpack.items import looking
from batchpack.plaintext import clean, line


@click.command(short_help="Show one item with its fields.")
@batch_command(click.argument("item"))
def command(room: Room, item: str) -> None:
    """Show ITEM with its fields and what was judged of it; of a file the text, if it is as it was when it was added."""
    facts = looking.show(room.connection, room.folder, item, looking.base_of(room.connection))
    known = ("at", "category", "size", "tokens", "locator", "chunk", "sha256")
    lines = [facts["id"], *(f"  {name}: {line(str(facts[name]))}" for name in known if facts[name] is not None)]
    if facts["record"]:
        judged = facts["record"]
        lines.append(
            f"  judged: {judged['disposition']}, {line(judged['category'] or '-')}: {line(judged['rationale'])}"
        )
    room.tell([*lines, "", *_told(facts["fields"])], item=facts)


def _told(fields: dict[str, Any]) -> list[str]:
    """Tell the fields of an item."""
    return [f"{line(name, 60)}: {clean(value if isinstance(value, str) else json.dumps(value))}"
            for name, value in fields.items()]  # fmt: skip
