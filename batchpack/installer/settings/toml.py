"""TOML: read by the standard library, changed by tomlkit, which keeps comments and order."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.installer.settings.text import place

EMPTY = ""


def load(text: str, path: Path) -> dict[str, Any]:
    """Return the value; raises BrokenFile with line and column."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = re.search(r"\s*\(at line (\d+), column (\d+)\)", said)
        where = (int(found.group(1)), int(found.group(2))) if found else place(text, len(text))
        reason = said[: found.start()] if found else re.sub(r"\s*\(at end of document\)", ": the text ends", said)
        raise BrokenFile(path, f"broken TOML: {reason}", *where) from error


def _at(document: Any, keys: tuple[str, ...]) -> Any:
    """Return the table, array or value at the end of a way of keys."""
    for key in keys:
        document = document[key]
    return document


def _written(document: Any, text: str) -> str:
    """Return a document as text that ends as the former one did."""
    import tomlkit

    made = tomlkit.dumps(document)
    return made.removesuffix("\n") if text and not text.endswith("\n") and made.endswith("\n") else made


def _parse(text: str) -> Any:
    """Return tomlkit's document."""
    import tomlkit

    return tomlkit.parse(text)


def insert(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Give a table one key more; the text must end with a line end, or tomlkit would glue two lines together."""
    closed = text if not text or text.endswith("\n") else text + "\n"
    document = _parse(closed)
    _at(document, keys[:-1])[keys[-1]] = value
    return _written(document, text)


def replace(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Put another value in the place of the one there; a mapping stays on the line of what is no table."""
    import tomlkit
    from tomlkit.items import AbstractTable

    document = _parse(text)
    table = _at(document, keys[:-1])
    new: Any = value
    if isinstance(value, dict) and not isinstance(table[keys[-1]], AbstractTable):
        new = tomlkit.inline_table()
        new.update(value)
    table[keys[-1]] = new
    return _written(document, text)


def push(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Add a member at the end of an array."""
    document = _parse(text)
    _at(document, keys).append(value)
    return _written(document, text)


def delete(text: str, keys: tuple[str, ...]) -> str:
    """Take a key and its value away."""
    document = _parse(text)
    del _at(document, keys[:-1])[keys[-1]]
    return _written(document, text)


def pop(text: str, keys: tuple[str, ...], at: int) -> str:
    """Take a member out of an array."""
    document = _parse(text)
    del _at(document, keys)[at]
    return _written(document, text)
