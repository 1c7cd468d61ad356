"""YAML: read by the YAML library, changed at the offsets that its nodes carry, so that no other byte moves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from batchpack.errors import BrokenFile
from batchpack.frontmatter import load_yaml
from batchpack.installer.settings.brackets import Brackets, add, line_indent, remove

EMPTY = ""
LARGEST = 100_000
"""Values in a settings file, aliases counted each time: comparing more would take too long."""
_SKIP = re.compile(r"(?:(?<=\s)|^)#[^\n]*|\n|[^\S\n]+", re.MULTILINE)


def load(text: str, path: Path) -> Any:
    """Return the value; a file without any counts as an empty mapping."""
    value = load_yaml(text, path)
    if _size(value, {}) > LARGEST:
        raise BrokenFile(path, "its aliases stand for too much")
    return {} if value is None else value


def _size(value: Any, known: dict[int, int]) -> int:
    """Count the values that a value stands for; one that stands inside itself is too large for any use."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = LARGEST + 1
        members = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(member, known) for member in members)
    return known[id(value)]


def _root(text: str) -> Any:
    """Return the root node, or None of a text without any."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return None if isinstance(node, yaml.ScalarNode) and not node.value else node


def _pair(node: Any, key: str) -> int:
    """Return which pair of a mapping has that key."""
    return next(at for at, (name, _) in enumerate(node.value) if name.value == key)


def _find(text: str, keys: tuple[str, ...]) -> Any:
    """Return the node at the end of a way of keys."""
    node = _root(text)
    for key in keys:
        node = node.value[_pair(node, key)][1]
    return node


def _end(node: Any) -> int:
    """Return where a node's own text ends: a block's nodes say the start of what comes next instead."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if not isinstance(last, tuple):
        return _end(last)
    key, value = last
    return max(_end(value), int(key.end_mark.index) + 1)


def _line_end(text: str, at: int) -> int:
    """Return the offset behind the line that holds the sign before an offset."""
    if at and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _indented(value: Any, indent: str) -> str:
    """Write a value in block style, each line indented."""
    lines = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000)
    return "".join(indent + line for line in lines.splitlines(keepends=True))


def _flow(value: Any) -> str:
    """Write a value on one line."""
    return json.dumps(value, ensure_ascii=False)


def _put_line(text: str, at: int, lines: str) -> str:
    """Put whole lines at the end of a line; a text without final line end keeps that."""
    at = _line_end(text, at)
    if at == len(text) and text and not text.endswith("\n"):
        return f"{text}\n{lines.removesuffix(chr(10))}"
    return text[:at] + lines + text[at:]


def _brackets(node: Any) -> Brackets:
    """Return a flow node's place and the places of its members."""
    pairs = [one if isinstance(one, tuple) else (one, one) for one in node.value]
    members = [(first.start_mark.index, last.end_mark.index) for first, last in pairs]
    return Brackets(node.start_mark.index, node.end_mark.index, members, _SKIP)


def insert(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Give a mapping one key more, behind its last."""
    node = _find(text, keys[:-1])
    if node is None:
        return _put_line(text, len(text), _indented({keys[-1]: value}, ""))
    if node.flow_style:
        member = f"{_flow(keys[-1])}: {_flow(value)}"
        return add(text, _brackets(node), member, member)
    return _put_line(text, _end(node), _indented({keys[-1]: value}, " " * node.start_mark.column))


def push(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Add a member at the end of a list."""
    node = _find(text, keys)
    if node.flow_style:
        return add(text, _brackets(node), _flow(value), _flow(value))
    return _put_line(text, _end(node), _indented([value], " " * node.start_mark.column))


def replace(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Put another value, on one line, in the place of the one there."""
    parent = _find(text, keys[:-1])
    key, node = parent.value[_pair(parent, keys[-1])]
    start = int(node.start_mark.index)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        start = text.index(":", key.end_mark.index) + 1
    space = "" if text[start - 1 : start].isspace() else " "
    end = _end(node)
    while end > start and text[end - 1] == "\n":  # a literal block's end lies behind its last line
        end -= 1
    return text[:start] + space + _flow(value) + text[end:]


def delete(text: str, keys: tuple[str, ...]) -> str:
    """Take a key and its value away."""
    node = _find(text, keys[:-1])
    return _remove(text, node, _pair(node, keys[-1]))


def pop(text: str, keys: tuple[str, ...], at: int) -> str:
    """Take a member out of a list."""
    return _remove(text, _find(text, keys), at)


def _remove(text: str, node: Any, at: int) -> str:
    """Take a pair or member out of a node; the last one of a block leaves empty brackets in its place."""
    if node.flow_style:
        return remove(text, _brackets(node), at)
    if len(node.value) == 1 and node.start_mark.column:
        empty = "{}" if isinstance(node, yaml.MappingNode) else "[]"
        head = text[: node.start_mark.index].rstrip()
        return f"{head} {empty}\n{text[_line_end(text, _end(node)) :]}"
    first, last = (node.value[at], node.value[at]) if not isinstance(node.value[at], tuple) else node.value[at]
    dash = 0 if isinstance(node, yaml.MappingNode) else text.rfind("-", 0, first.start_mark.index)
    start = dash or int(first.start_mark.index)
    lead = line_indent(text, start)
    if lead is None:
        raise ValueError("it shares its line with something else")
    end = _line_end(text, _end(last) if dash else max(_end(last), int(first.end_mark.index)))
    return text[: start - len(lead)] + text[end:]
