"""YAML with the line of every value, read event by event: no depth, alias or tag of a hostile file does harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn

from batchpack.errors import BrokenFile

DEPTH_LIMIT = 12
"""The most lists and mappings in each other; plans need four. The parser's own tree ends the process at some 50,000."""
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
Kind = Literal["text", "list", "mapping"]


class Node(NamedTuple):
    """A value with its line, counted from 1: a text as it is written, a list's items or a mapping's entries.

    `plain` tells of a text that it stands without quotes.
    """

    kind: Kind
    line: int
    text: str = ""
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[Node, Node], ...] = ()
    plain: bool = False

    @property
    def is_nothing(self) -> bool:
        """Tell whether it is left empty or `null`."""
        return self.plain and self.text in NOTHING


def parse(text: str, path: Path) -> Node:
    """Return the one document of a YAML or JSON text; raises BrokenFile with line and column."""
    import yaml

    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return _Tree(path, events).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise BrokenFile(path, f"broken YAML: {error.problem or error.context}", *place) from error
    except (yaml.YAMLError, ValueError) as error:
        raise BrokenFile(path, f"broken YAML: {error}") from error


class _Tree:
    """Builds nodes from events."""

    def __init__(self, path: Path, events: Iterator[Any]) -> None:
        self._path, self._events = path, events
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node:
        """Read the whole stream, which holds one document."""
        found: Node | None = None
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if found is not None:
                    self._fail(event, "a second document begins here; keep one plan in one file")
                found = self._node(next(self._events), 1)
        return found if found is not None else Node("text", 1, plain=True)

    def _node(self, event: Any, depth: int) -> Node:
        """Read one value that begins with an event."""
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "AliasEvent":
            if event.anchor not in self._anchors:
                self._fail(event, f"nothing above is called &{event.anchor}")
            return self._anchors[event.anchor]
        if event.tag not in {None, "!"}:
            self._fail(event, f"the tag {event.tag} has no meaning here")
        if depth > DEPTH_LIMIT:
            self._fail(event, "too many lists and mappings lie in each other")
        node = self._built(kind, event, line, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _built(self, kind: str, event: Any, line: int, depth: int) -> Node:
        """Read a text, a list or a mapping."""
        if kind == "ScalarEvent":
            return Node("text", line, event.value, plain=event.implicit[0])
        inner = tuple(self._inner(depth))
        if kind == "SequenceStartEvent":
            return Node("list", line, items=inner)
        return Node("mapping", line, entries=tuple(zip(inner[::2], inner[1::2], strict=True)))

    def _inner(self, depth: int) -> Iterator[Node]:
        """Read values up to the end of a list or mapping."""
        for event in self._events:
            if type(event).__name__ in {"SequenceEndEvent", "MappingEndEvent"}:
                return
            yield self._node(event, depth + 1)

    def _fail(self, event: Any, reason: str) -> NoReturn:
        """Refuse the file."""
        raise BrokenFile(self._path, reason, event.start_mark.line + 1, event.start_mark.column + 1)
