"""Task files from disk: each is read with limits, checked by hand for speed, and complained of with line and column."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, NoReturn

from batchpack.errors import BrokenFile
from batchpack.tasks.values import STATUSES, Subtask, one_line

SIZE_LIMIT = 5_000_000
"""The largest task file that is read, in bytes."""
DEPTH_LIMIT = 200
"""The most levels of lists and objects in each other, below what Python reads and, which is less, writes."""
DIGIT_LIMIT = 4_000
"""The most digits of a whole number, a little below what Python itself reads."""


class OddFields(BrokenFile):
    """A task file that is a JSON object, but with a field that has not its type; `data` is the object."""

    def __init__(self, path: Path, reason: str, place: tuple[int, int], data: dict[str, Any]) -> None:
        super().__init__(path, reason, *place)
        self.data = data


class _Doubled(ValueError):
    """A key that stands twice in an object, of which a rewrite would lose one."""


class _OddNumber(ValueError):
    """A number that cannot be read, or not be written again as it was; `word` is how it stands there."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(reason)
        self.word = word


def _refuse_constant(word: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise _OddNumber(word, f"not valid JSON: {word} is no JSON")


def _whole(text: str) -> int:
    """Read a whole number; raises _OddNumber for one so long that reading it would take for ever."""
    if len(text) > DIGIT_LIMIT:
        raise _OddNumber(text, f"it has a number of {len(text):,} digits, more than the {DIGIT_LIMIT:,} allowed")
    return int(text)


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; raises _Doubled when a key stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Doubled(next(key for key in keys if keys.count(key) > 1))
    return made


def _exact(text: str) -> float:
    """Read a number; raises _OddNumber for one that would be written as another."""
    from decimal import Decimal

    number = float(text)
    if abs(number) == float("inf"):
        raise _OddNumber(text, f"{text[:40]} is too large a number")
    lost = re.search("[1-9]", text.lower().partition("e")[0]) if number == 0 else Decimal(text) != Decimal(repr(number))
    if lost:
        raise _OddNumber(text, f"{text[:40]} is a number that would be rounded to {number!r}")
    return number


_READER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_whole)
_WARY_READER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_whole, parse_float=_exact, object_pairs_hook=_only_once
)


def read_bytes(path: Path | str) -> bytes:
    """Return the bytes of a plain file of at most SIZE_LIMIT; raises BrokenFile for a folder, a pipe or a huge one."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BrokenFile(Path(path), error.strerror or str(error)) from error
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise BrokenFile(Path(path), "it is not a file")
        if state.st_size > SIZE_LIMIT:
            raise BrokenFile(Path(path), f"it has {state.st_size:,} bytes, more than the {SIZE_LIMIT:,} allowed")
        return b"".join(iter(lambda: os.read(handle, SIZE_LIMIT), b""))
    finally:
        os.close(handle)


def parse(path: Path | str, data: bytes, *, wary: bool = False) -> dict[str, Any]:
    """Return the JSON object in some bytes; `wary` refuses what a rewrite would lose. Raises BrokenFile."""
    text = decode(path, data)
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _is_deep(text):
        raise BrokenFile(Path(path), "it is nested too deeply")
    try:
        found = (_WARY_READER if wary else _READER).decode(text)
    except json.JSONDecodeError as error:
        raise BrokenFile(Path(path), f"not valid JSON: {error.msg}", error.lineno, error.colno) from error
    except _Doubled as error:
        raise BrokenFile(Path(path), f"the key '{error}' stands twice", *_place(text, str(error))) from error
    except _OddNumber as error:
        raise BrokenFile(Path(path), str(error), *_place_of_word(text, error.word)) from error
    if not isinstance(found, dict):
        raise BrokenFile(Path(path), f"it holds a {type(found).__name__} where an object must be", 1, 1)
    return found


def _is_deep(text: str) -> bool:
    """Tell whether brackets outside of quotes lie in each other beyond the limit."""
    depth = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text):
        depth += (bracket in "[{") - (bracket in "]}")
        if depth > DEPTH_LIMIT:
            return True
    return False


def decode(path: Path | str, data: bytes) -> str:
    """Return the text of UTF-8 bytes; raises BrokenFile with the place of the first byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise BrokenFile(Path(path), "it is not UTF-8 text", line, column) from error


def _place(text: str, key: str) -> tuple[int, int]:
    """Return line and column of the value of a key, the start of the text where the key is missing."""
    found = re.search(rf'"{re.escape(key)}"\s*:\s*', text)
    if found is None:
        return 1, 1
    line = text.count("\n", 0, found.end()) + 1
    return line, found.end() - text.rfind("\n", 0, found.end())


def _place_of_word(text: str, word: str) -> tuple[int, int]:
    """Return line and column of the first place where a word stands outside of quotes."""
    found = re.finditer(r'"(?:[^"\\]|\\.)*"|[^\s,:\[\]{}"]+', text)
    start = next((each.start() for each in found if each[0] == word), 0)
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def to_subtask(folder: Path, file: str, data: dict[str, Any], raw: bytes) -> Subtask:
    """Make a subtask of its JSON; raises OddFields where a field that decides anything has not its type."""
    fault = _first_fault(data)
    if fault is not None:
        key, reason = fault
        raise OddFields(folder / file, reason, _place(raw.decode("utf-8-sig"), key), data)
    return Subtask(
        file=file,
        data=data,
        seq=data["seq"],
        title=one_line(data["title"]),
        status=data["status"],
        depends_on=tuple(data.get("depends_on") or ()),
        parallel=data.get("parallel", False),
    )


def _first_fault(data: dict[str, Any]) -> tuple[str, str] | None:
    """Return the first field that has not its type and what is wrong with it; None when all is well."""
    for key in ("id", "seq", "title", "status"):
        if type(data.get(key)) is not str or not data[key]:
            return key, f"'{key}' must be a text" if key in data else f"missing required field '{key}'"
    if not data["seq"].isprintable():
        return "seq", "'seq' must be one line of text"
    if data["status"] not in STATUSES:
        return "status", f"invalid status '{one_line(data['status'])}'; it is one of {', '.join(STATUSES)}"
    return _fault_of_the_rest(data)


def _fault_of_the_rest(data: dict[str, Any]) -> tuple[str, str] | None:
    """Return the first fault of the fields that may be missing."""
    for key in ("depends_on", "deliverables"):
        values = data.get(key)
        if values is not None and not (type(values) is list and all(type(value) is str for value in values)):
            return key, f"'{key}' must be a list of texts"
    if not all(map(str.isprintable, data.get("depends_on") or ())):
        return "depends_on", "'depends_on' must be a list of sequences"
    if type(data.get("parallel", False)) is not bool:
        return "parallel", "'parallel' must be true or false"
    return None
