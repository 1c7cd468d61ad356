"""From an item to the parameters of its request: the template's text between parts that are the same for all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from batchpack import render
from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.files import fingerprint, read_text
from batchpack.messages.items import BadItem, Item

CACHE = {"type": "ephemeral", "ttl": "1h"}
"""A batch may take an hour, longer than the other lifetime of five minutes."""
RESERVED = frozenset({"messages", "model", "max_tokens", "system", "output_config"})
_quote: Callable[[str], str] = encode_basestring


@dataclass(frozen=True, slots=True)
class Template:
    """A template's text and the file it came from; None: it was given as words."""

    source: str
    path: Path | None

    @property
    def name(self) -> Path:
        """Return what it is called in errors."""
        return self.path or Path("--prompt")

    @property
    def sha256(self) -> str:
        """Return the hash of its text."""
        return fingerprint(self.source.encode())


def read_template(path: Path) -> Template:
    """Read a template; raises BrokenFile."""
    return Template(read_text(path), path)


def parameters(
    model: str,
    max_tokens: int,
    *,
    system: str | None = None,
    cache: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what all requests of a job share; raises UsageError for options that contradict each other."""
    given = dict(extra or {})
    twice = sorted(RESERVED & set(given))
    if twice:
        raise UsageError(f"the parameters hold {', '.join(twice)}", "these have options, or come from the template")
    if cache and not system:
        raise UsageError("--cache is for a system prompt, and there is none", "add --system, or leave --cache out")
    block: dict[str, Any] = {"type": "text", "text": system, "cache_control": CACHE}
    told: dict[str, Any] = {} if not system else {"system": [block] if cache else system}
    return {"model": model, "max_tokens": max_tokens, **told, **given}


@dataclass
class Writer:
    """Writes requests; `characters` counts what their prompts come to."""

    template: Template
    shared: Mapping[str, Any]
    characters: int = 0
    _head: str = field(init=False, repr=False)
    _first: tuple[str, Mapping[str, Any]] = field(default=("", {}), repr=False)

    def __post_init__(self) -> None:
        fixed = json.dumps(dict(self.shared), ensure_ascii=False, separators=(",", ":"))
        self._head = f'{fixed[:-1]},"messages":[{{"role":"user","content":'

    def params(self, item: Item) -> bytes:
        """Return the parameters of an item's request as JSON on one line; raises BadItem."""
        text = self.prompt(item)
        if item.number == 1 and text == self._first[0] and item.fields != self._first[1]:
            raise BatchpackError(
                f"{self.template.name}: the prompts of the first two items are the same",
                "nothing was sent; use the items' fields in the template, e.g. {{ text }}",
            )
        if item.number == 0:
            self._first = text, item.fields
        self.characters += len(text)
        try:
            return f"{self._head}{_quote(text)}}}]}}".encode()
        except UnicodeEncodeError as error:
            raise BadItem(item, "its text holds half of a pair of surrogates, which is no letter") from error

    def prompt(self, item: Item) -> str:
        """Return the text that is sent for an item; raises BadItem for a missing field and for an empty text."""
        try:
            text = render.render(self.template.source, item.fields, path=self.template.name)
        except BrokenFile as error:
            if error.line is not None:
                raise
            have = ", ".join(str(name) for name in item.fields) or "none"
            raise BadItem(
                item, f"{error.reason}; its fields: {have}", f"mend {self.template.name} or the item"
            ) from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise BadItem(item, f"the template fails on it: {type(error).__name__}: {error}") from error
        if not text.strip():
            raise BadItem(item, "its prompt is empty")
        return text
