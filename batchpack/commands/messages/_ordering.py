"""What the commands share that send items: their options, and the order that these make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.errors import BrokenFile, UsageError
from batchpack.files import read_text
from batchpack.groups import options
from batchpack.messages import begin, items, requests, schema
from batchpack.messages.begin import Order

FILE = click.Path(path_type=Path)
OPTIONS = (
    click.argument("items_", metavar="ITEMS...", nargs=-1),
    click.option(
        "--template", type=FILE, metavar="FILE", help="The prompt of each item, with {{ field }} for its fields."
    ),
    click.option("--prompt", metavar="TEXT", help="The same as words, instead of a file."),
    click.option("--model", help="The model, e.g. claude-haiku-5-5."),
    click.option("--max-tokens", type=click.IntRange(1), help="The most tokens an answer may have."),
    click.option("--system", metavar="TEXT|@FILE", help="The system prompt of all requests."),
    click.option("--schema", metavar="FILE|MODULE:MODEL", help="Ask for JSON of this schema or pydantic model."),
    click.option("--cache", is_flag=True, help="Let the service cache the system prompt."),
    click.option("--params", type=FILE, metavar="FILE", help="More parameters of all requests, as a JSON object."),
    click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "files"]), help="What ITEMS holds."),
    click.option("--key", metavar="FIELD", help="The field by which answers are known; without it, numbers from 0."),
    click.option("--allow-duplicates", is_flag=True, help="Send items that are there twice, and pay for each."),
    click.option("--provider", help="The service; without it, the one that has the model."),
    click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder."),
)


order_options = options(*OPTIONS)
"""Give a command ITEMS and all options that say what is sent."""


def make_order(app: App, given: dict[str, Any], **more: Any) -> Order:
    """Return the order that the options make; raises UsageError for what is missing or contradicts itself."""
    here = Path.cwd()
    _require(given)
    provider = app.provider(given["provider"], given["model"])
    source = items.open_source(
        given["items_"], here, kind=given["kind"], key=given["key"], allow_duplicates=given["allow_duplicates"]
    )
    shape = schema.load(given["schema"], here) if given["schema"] else None
    shared = requests.parameters(
        given["model"], given["max_tokens"], system=_text(given["system"]), cache=given["cache"], extra=_extra(given)
    )
    template = requests.read_template(given["template"].resolve()) if given["template"] else None
    writer = requests.Writer(
        template or requests.Template(given["prompt"], None), begin.parameters(provider, shared, shape)
    )
    return Order(provider, source, writer, shape, **more)


def _require(given: dict[str, Any]) -> None:
    """Raise UsageError for the first thing that is missing."""
    if not given["items_"]:
        raise UsageError("ITEMS is missing", "name a JSONL or CSV file, a pattern in quotes, or - for standard input")
    if bool(given["template"]) == bool(given["prompt"]):
        raise UsageError("one of --template and --prompt says what is asked of each item", "give one of them")
    for name in ("model", "max_tokens"):
        if given[name] is None:
            raise UsageError(f"--{name.replace('_', '-')} is missing", "each request needs it")


def _text(word: str | None) -> str | None:
    """Return words, or those of the file behind an @."""
    return read_text(Path(word[1:])) if word and word.startswith("@") else word


def _extra(given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a file."""
    path = given["params"]
    if path is None:
        return {}
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise BrokenFile(path, f"it is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BrokenFile(path, "parameters are a JSON object")
    return found
