"""Reads one roster file: YAML checked by hand, every complaint with the file and the line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml

from batchpack.errors import BrokenFile
from batchpack.files import read_text

Keys = tuple[str | int, ...]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Source(NamedTuple):
    """A roster file and its text; `keys` in complaints are the way from the root of the document to a value."""

    path: Path
    text: str

    def fail(self, keys: Keys, reason: str) -> NoReturn:
        """Raise BrokenFile with the line of a value."""
        where = ".".join(str(key) for key in keys)
        raise BrokenFile(self.path, f"{where}: {reason}" if where else reason, self._line(keys))

    def _line(self, keys: Keys) -> int:
        """Find the line on which a value stands, or that of the last part of the way that is there."""
        node, line = yaml.compose(self.text, Loader=Loader), 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line

    def mapping(self, value: Any, keys: Keys, known: Collection[str] = ()) -> Mapping[str, Any]:
        """Check a mapping with text keys, of known ones only where `known` says which."""
        if not isinstance(value, dict):
            self.fail(keys, "a mapping (key: value) is expected here")
        for key in value:
            if not isinstance(key, str):
                self.fail((*keys, key), f"the key {key!r} must be text")
            if known and key not in known:
                self.fail((*keys, key), f"unknown key; known: {', '.join(known)}")
        return value

    def items(self, value: Any, keys: Keys) -> list[Any]:
        """Check a list."""
        if not isinstance(value, list):
            self.fail(keys, "a list is expected here")
        return value

    def line(self, value: Any, keys: Keys) -> str:
        """Check a text that is not empty."""
        if not isinstance(value, str) or not value.strip():
            self.fail(keys, f"a text is expected here, not {value!r}")
        return value

    def lines(self, value: Any, keys: Keys) -> tuple[str, ...]:
        """Check a list of texts."""
        return tuple(self.line(item, (*keys, number)) for number, item in enumerate(self.items(value, keys)))

    def number(self, value: Any, keys: Keys, low: float = 0) -> float:
        """Check a number that is not below `low`."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value < 1e12:
            self.fail(keys, f"a number not below {low:g} is expected here, not {value!r}")
        return value

    def choice(self, value: Any, keys: Keys, known: Collection[Any]) -> Any:
        """Check a value that is one of those known."""
        if not any(value is one or (value == one and isinstance(value, str)) for one in known):
            self.fail(keys, f"{value!r} is not one of {', '.join(str(one) for one in known)}")
        return value


def _child(node: Any, key: str | int) -> tuple[int, Any] | None:
    """Return the line and node below a node, by key or by number."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def read_source(path: Path) -> tuple[Source, Any]:
    """Read a YAML file; raises BrokenFile with line and column where it is no YAML."""
    source = Source(path, read_text(path))
    try:
        return source, yaml.load(source.text, Loader=Loader)  # noqa: S506 - a safe loader, by the name above
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise BrokenFile(path, f"this is not valid YAML: {error.problem}", line, column) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BrokenFile(path, f"this is not valid YAML: {error}") from error
