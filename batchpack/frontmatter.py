"""Front matter of Markdown files, read and written by the YAML library, never by string building."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from batchpack.errors import BrokenFile

FENCE = "---"
MERGE = "tag:yaml.org,2002:merge"


_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's is ten times as fast, where it is built in


class _UniqueKeyLoader(yaml.SafeLoader):
    """The safe loader, refusing a key given twice: hosts differ on which one they take."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, raising on a repeated key with its line."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.tag == MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(text: str, path: Path, first_line: int = 1) -> Any:
    """Return the value of a YAML text; raises BrokenFile with line and column, counted from `first_line`."""
    try:
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + first_line, mark.column + 1) if mark else (None, None)
        raise BrokenFile(path, f"broken YAML: {error.problem or error.context}", line, column) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # a date that is none is a ValueError
        raise BrokenFile(path, f"broken YAML: {error}") from error


def split(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """Return a Markdown file's front matter and the body behind it; the file must begin with `---`."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        raise BrokenFile(path, "it must begin with front matter between two lines of ---", 1)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise BrokenFile(path, "the front matter has no closing ---", len(lines))
    matter = load_yaml("".join(lines[1:end]), path, first_line=2)
    if not isinstance(matter, dict):
        raise BrokenFile(path, "the front matter must be a mapping of keys to values", 2)
    return matter, "".join(lines[end + 1 :]).lstrip("\n")


def join(matter: dict[str, Any], body: str) -> str:
    """Return a Markdown file made of front matter (in the given order of keys) and a body."""
    head = yaml.dump(
        matter, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False
    )
    return f"{FENCE}\n{head}{FENCE}\n\n{body.strip()}\n"
