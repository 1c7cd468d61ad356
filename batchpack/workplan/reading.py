"""Values of a plan file from located YAML: what is off becomes a complaint with its line, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from batchpack.tasks.values import one_line
from batchpack.workplan.checks import LIST_LIMIT
from batchpack.workplan.complaints import Complaint
from batchpack.workplan.fields import Field
from batchpack.workplan.located import Node

DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)?")
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
WHOLE = re.compile(r"[+-]?\d{1,9}")
SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Odd(ValueError):
    """A value that is not of its kind, with what is expected."""


class Reader:
    """Reads one file and collects what must be mended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaints: list[Complaint] = []
        self._lists: dict[int, tuple[str, ...]] = {}

    def where(self, node: Node) -> str:
        """Return a node's file and line."""
        return f"{self.path}:{node.line}"

    def complain(self, node: Node, text: str) -> None:
        """Note what must be mended."""
        self.complaints.append(Complaint(self.where(node), text))

    def is_mapping(self, node: Node, what: str) -> bool:
        """Tell whether a value is a mapping; if not, it is complained of."""
        if node.kind != "mapping":
            self.complain(node, f"{what} must be a mapping of keys to values")
        return node.kind == "mapping"

    def mapping(self, node: Node, known: Collection[str], what: str) -> dict[str, Node]:
        """Return the known keys of a mapping with their values; all others are complained of."""
        self.is_mapping(node, what)
        found: dict[str, Node] = {}
        for key, value in node.entries:
            if key.text not in known:
                self.complain(key, _unknown(key, known, what))
            elif key.text in found:
                self.complain(key, f"the key {key.text} stands twice")
            else:
                found[key.text] = value
        return found

    def values(self, nodes: Mapping[str, Node], table: Mapping[str, Field]) -> dict[str, Any]:
        """Return the values of a mapping's nodes that are given and of their kind."""
        found: dict[str, Any] = {}
        for name, node in nodes.items():
            if name in table and not node.is_nothing:
                try:
                    found[name] = self._value(node, table[name])
                except Odd as error:
                    self.complain(node, f"{name} must be {error}")
        return found

    def _value(self, node: Node, field: Field) -> Any:
        """Return a value of a kind; raises Odd."""
        if field.kind in {"lines", "names"}:
            return self._texts(node)
        return READ[field.kind](node)

    def _texts(self, node: Node) -> tuple[str, ...]:
        """Return a list of texts, or one text as a list of one; a list that aliases repeat is read once."""
        if node.kind == "text":
            return (node.text,)
        if node.kind != "list" or any(item.kind != "text" for item in node.items):
            raise Odd("a text or a list of texts")
        if len(node.items) > LIST_LIMIT:
            raise Odd(f"a list of at most {LIST_LIMIT:,} entries")
        key = id(node.items)
        if key not in self._lists:
            self._lists[key] = tuple(item.text for item in node.items)
        return self._lists[key]


def _unknown(key: Node, known: Collection[str], what: str) -> str:
    """Say that a key has no meaning, with the one that may have been meant."""
    from difflib import get_close_matches

    if key.kind != "text":
        return "a key must be a word"
    close = get_close_matches(key.text[:80], known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(known)}"
    return f"{one_line(key.text)[:80]!r} is no key of {what}{hint}"


def _text(node: Node, expected: str = "a text") -> str:
    """Return a text; raises Odd."""
    if node.kind != "text":
        raise Odd(expected)
    return node.text


def _seconds(node: Node) -> float:
    """Return a time in seconds; raises Odd."""
    expected = "a time, such as 90 s, 15 min or 2 h"
    found = DURATION.fullmatch(_text(node, expected).strip())
    if found is None:
        raise Odd(expected)
    return float(found[1]) * UNITS[(found[2] or "s")[0]]


def _whole(node: Node) -> int:
    """Return a whole number; raises Odd."""
    if not WHOLE.fullmatch(_text(node, "a whole number").strip()):
        raise Odd("a whole number")
    return int(node.text)


def _switch(node: Node) -> bool:
    """Return true or false; raises Odd."""
    found = SWITCH.get(node.text.lower()) if node.plain else None
    if found is None:
        raise Odd("true or false")
    return found


def _pools(node: Node) -> dict[str, int]:
    """Return how many places each pool has; raises Odd."""
    expected = "a mapping of names to how many places each has, as database: 1"
    found: dict[str, int] = {}
    for key, value in node.entries:
        if key.kind != "text" or value.kind != "text" or not WHOLE.fullmatch(value.text) or key.text in found:
            raise Odd(expected)
        found[key.text] = int(value.text)
    if node.kind != "mapping":
        raise Odd(expected)
    return found


READ: dict[str, Callable[[Node], Any]] = {
    "line": lambda node: _text(node).strip(),
    "text": _text,
    "seconds": _seconds,
    "count": _whole,
    "number": _whole,
    "switch": _switch,
    "pools": _pools,
}
"""How the kinds of values that are no lists are read."""
