"""JSON with comments and trailing commas: read by json-five, changed at the offsets that its tokens carry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.installer.settings.brackets import Brackets, add, indent_unit, own_indent, remove
from batchpack.installer.settings.text import place

EMPTY = "{}\n"
_SKIP = re.compile(r"//[^\n]*|/\*.*?\*/|\n|[^\S\n]+", re.DOTALL)


def load(text: str, path: Path) -> Any:
    """Return the value; an empty file counts as an empty object."""
    if not text.strip():
        return {}
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, path))
    except json.JSONDecodeError:
        return _value(_parse(text, path), path)
    except RecursionError as error:
        raise BrokenFile(path, "broken JSON: nested too deeply") from error


def _unique(pairs: list[tuple[str, Any]], path: Path) -> dict[str, Any]:
    """Make an object, refusing a key given twice: hosts differ on which one they take."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [key for key, _ in pairs]
        raise BrokenFile(path, f"key {next(key for key in names if names.count(key) > 1)!r} stands twice in one object")
    return made


def _parse(text: str, path: Path) -> Any:
    """Return json-five's model of a text; raises BrokenFile with line and column."""
    from json5.loader import ModelLoader, loads
    from json5.utils import JSON5DecodeError

    try:
        return loads(text, loader=ModelLoader()).value
    except JSON5DecodeError as error:
        raise BrokenFile(path, f"broken JSON: {_reason(str(error))}", *place(text, _offset(error, text))) from error
    except (RecursionError, ValueError) as error:
        raise BrokenFile(path, f"broken JSON: {str(error) or 'nested too deeply'}") from error


def _offset(error: Any, text: str) -> int:
    """Return the offset at which the first complaint of json-five points; the end when the text stops too early."""
    if "EOF" in str(error).split("Additionally")[0]:
        return len(text)
    found = re.search(r"\(char (\d+)\)|at index (\d+)", str(error))
    return int(found.group(1) or found.group(2)) if found else int(error.index)


def _reason(said: str) -> str:
    """Shorten json-five's words to the first complaint, without its own place."""
    first = said.rpartition("The primary error was:")[2].partition("Additionally")[0]
    if "EOF" in first:
        return "the text ends too early"
    return re.sub(r"\s*(in or near token|at: line| at index).*", "", first.strip(), flags=re.DOTALL)


def _value(node: Any, path: Path) -> Any:
    """Return what a node of the model means."""
    kind = type(node).__name__
    if kind == "JSONObject":
        return _unique([(_key(key), _value(value, path)) for key, value in node.key_value_pairs], path)
    if kind == "JSONArray":
        return [_value(member, path) for member in node.values]
    if kind == "UnaryOp":
        value = _value(node.value, path)
        return -value if node.op == "-" else value
    return None if kind == "NullLiteral" else _scalar(node)


def _scalar(node: Any) -> Any:
    """Return the value of a string, number or truth value."""
    return node.characters if hasattr(node, "characters") else node.value


def _key(node: Any) -> str:
    """Return a key's name, quoted or not."""
    return str(node.characters if hasattr(node, "characters") else node.name)


def _span(node: Any) -> tuple[int, int]:
    """Return where a node begins and where the text behind it begins."""
    first = node.tok if hasattr(node, "tok") else node._tok
    last = (node.end_tok if hasattr(node, "end_tok") else node._end_tok) or first
    return first.index, last.end


def _find(text: str, keys: tuple[str, ...]) -> Any:
    """Return the node at the end of a way of keys."""
    node = _parse(text, Path("settings"))
    for key in keys:
        node = next(value for name, value in node.key_value_pairs if _key(name) == key)
    return node


def _brackets(node: Any) -> Brackets:
    """Return an object's or array's place and the places of its members."""
    pairs = getattr(node, "key_value_pairs", None)
    if pairs is None:
        members = [_span(member) for member in node.values]
    else:
        members = [(_span(key)[0], _span(value)[1]) for key, value in pairs]
    return Brackets(*_span(node), members, _SKIP)


def _plain(value: Any) -> str:
    """Write a value on one line."""
    return json.dumps(value, ensure_ascii=False)


def _pretty(value: Any, text: str) -> str:
    """Write a value on several lines with the document's own indentation; short lists stay on one."""
    if isinstance(value, list) and not any(isinstance(member, dict | list) for member in value):
        return _plain(value)
    return json.dumps(value, ensure_ascii=False, indent=indent_unit(text))


def insert(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Give an object one key more."""
    if not text.strip():
        text = EMPTY
    name = _plain(keys[-1])
    box = _brackets(_find(text, keys[:-1]))
    return add(text, box, f"{name}: {_plain(value)}", f"{name}: {_pretty(value, text)}")


def push(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Add a member at the end of an array."""
    return add(text, _brackets(_find(text, keys)), _plain(value), _pretty(value, text))


def replace(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Put another value in the place of the one there."""
    start, end = _span(_find(text, keys))
    written = _plain(value) if "\n" not in text else _pretty(value, text).replace("\n", "\n" + own_indent(text, start))
    return text[:start] + written + text[end:]


def delete(text: str, keys: tuple[str, ...]) -> str:
    """Take a key and its value away."""
    node = _find(text, keys[:-1])
    at = next(index for index, (key, _) in enumerate(node.key_value_pairs) if _key(key) == keys[-1])
    return remove(text, _brackets(node), at)


def pop(text: str, keys: tuple[str, ...], at: int) -> str:
    """Take a member out of an array."""
    return remove(text, _brackets(_find(text, keys)), at)
