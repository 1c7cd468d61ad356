"""What one call is told: the user's text, the items as data between marks, and the form of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchpack.files import read_text
from batchpack.item_runs.values import Options, Subject
from batchpack.places import last_of
from batchpack.plaintext import clean, mark

TEMPLATE = Path("skills", "_shared", "item-prompt.md.j2")


def write(options: Options, subject: Subject, wrong: str, path: Path) -> None:
    """Write the prompt of a call; raises BrokenFile for a broken template or a word that no item has."""
    path.write_text(prompt(options, subject, wrong), encoding="utf-8", errors="replace")


def prompt(options: Options, subject: Subject, wrong: str = "") -> str:
    """Return the prompt of a call; `wrong` says what was wrong with the answer before."""
    from batchpack.render import render

    told = render(options.template, words(subject), path=options.template_path) if options.template else options.wanted
    data = "\n".join(clean(json.dumps(_shown(one), ensure_ascii=False)) for one in subject.items)
    path = last_of(options.roots, TEMPLATE)
    given = {
        "told": clean(told), "data": data, "mark": mark(data, "ITEMS"), "each": options.per == "chunk",
        "schema": None if options.schema is None else json.dumps(options.schema, ensure_ascii=False), "wrong": wrong,
        "act": options.act.name if options.act else "", "number": len(subject.items),
    }  # fmt: skip
    return render(read_text(path), given, path=path)


def words(subject: Subject) -> dict[str, object]:
    """Return the words that a template may use: task, chunk, items, and of a single item its id and its fields."""
    said: dict[str, object] = {
        "task": subject.task,
        "chunk": subject.chunk,
        "items": [dict(one) for one in subject.items],
    }
    if len(subject.items) == 1:
        one = subject.items[0]
        said |= {"id": one["id"], "item": one["fields"], "fields": one["fields"]}
    return said


def argv(template: tuple[str, ...], subject: Subject) -> tuple[str, ...]:
    """Return an argv made of templates, word by word; what an item says stays within its word."""
    from batchpack.render import render

    return tuple(render(word, words(subject), path=Path("--undo")) for word in template)


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as it stands in a prompt."""
    return {"item": one["id"], **one["fields"]}
