"""Edits merged into a settings file and taken out again; every change is parsed again before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.installer.settings.claims import Claim
from batchpack.installer.settings.text import Decoded, decode
from batchpack.installer.settings.values import (
    MISSING,
    depth_of_mappings,
    look_up,
    nest,
    position,
    same,
    with_value,
)
from batchpack.values import Edit, SettingsFormat

MODULES: dict[SettingsFormat, str] = {"json": "jsonc", "toml": "toml", "yaml": "yaml_text"}


class Format(Protocol):
    """A settings format, as pure functions from text to text."""

    EMPTY: str

    def load(self, text: str, path: Path) -> Any:
        """Return the value of a text; raises BrokenFile with line and column."""

    def insert(self, text: str, keys: tuple[str, ...], value: Any) -> str:
        """Give the mapping that `keys[:-1]` lead to one key more."""

    def replace(self, text: str, keys: tuple[str, ...], value: Any) -> str:
        """Put another value in the place of the one there."""

    def push(self, text: str, keys: tuple[str, ...], value: Any) -> str:
        """Add a member at the end of a list."""

    def delete(self, text: str, keys: tuple[str, ...]) -> str:
        """Take a key and its value away."""

    def pop(self, text: str, keys: tuple[str, ...], at: int) -> str:
        """Take a member out of a list."""


class Refused(BatchpackError):
    """A change that cannot be made in this file without disturbing what stands there."""

    def __init__(self, path: Path, keys: Sequence[str], value: Any) -> None:
        super().__init__(
            f"{path}: cannot change {'.'.join(keys)} without disturbing the rest of the file; it was not changed",
            f"set it by hand: {'.'.join(keys)} = {value!r}",
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """A settings file after the edits, and what of it is ours."""

    data: bytes
    claims: tuple[Claim, ...]


def adaptor(kind: SettingsFormat) -> Format:
    """Import the module of a format, which imports its library."""
    return cast(Format, import_module(f"batchpack.installer.settings.{MODULES[kind]}"))


class _Document:
    """A settings text while it is being changed."""

    def __init__(self, kind: SettingsFormat, data: bytes | None, path: Path) -> None:
        self.format, self.path = adaptor(kind), path
        self.decoded = Decoded(self.format.EMPTY) if data is None else decode(data, path)
        self.text = self.decoded.text
        self.value = self._load()

    def _load(self) -> Any:
        """Parse the text; its root must be a mapping."""
        value = self.format.load(self.text, self.path)
        if not isinstance(value, dict):
            raise BrokenFile(self.path, "the whole file must be one mapping of keys to values", 1, 1)
        return value

    def change(self, verb: str, keys: tuple[str, ...], expected: Any, *arguments: Any) -> None:
        """Change the text by one verb of the format and make sure that it now says what is expected."""
        before = self.text
        try:
            self.text = getattr(self.format, verb)(before, keys, *arguments)
            self.value = self._load()
        except (BrokenFile, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            self.text = before
            raise Refused(self.path, keys, look_up(expected, keys)) from error
        if not same(self.value, expected):
            raise Refused(self.path, keys, look_up(expected, keys))

    def data(self) -> bytes:
        """Return the text as bytes in the manner of the file."""
        return self.decoded.encode(self.text)


def merge(kind: SettingsFormat, data: bytes | None, edits: Sequence[Edit], path: Path) -> Merged:
    """Put values into a settings file (None: there is no file yet); what is there already is not claimed.

    Raises BrokenFile for a file that cannot be understood and Refused where the file's form is in the way.
    """
    document = _Document(kind, data, path)
    claims = [claim for edit in edits if (claim := _put(document, edit)) is not None]
    return Merged(document.data(), tuple(claims))


def wanted_there(kind: SettingsFormat, data: bytes, edits: Sequence[Edit], path: Path) -> bool:
    """Tell whether a file says already all that the edits want."""
    return not merge(kind, data, edits, path).claims


def _put(document: _Document, edit: Edit) -> Claim | None:
    """Make one edit and return what is ours by it, or None when nothing had to be done."""
    present = look_up(document.value, edit.keys)
    if edit.action == "append" and present is not MISSING and present is not None:
        return _append(document, edit, present)
    wanted = [edit.value] if edit.action == "append" else edit.value
    if same(present, wanted):
        return None
    depth = depth_of_mappings(document.value, edit.keys)
    at = edit.keys[: depth + 1]
    old = look_up(document.value, at)
    if depth < len(edit.keys) - 1 and old is not MISSING and old is not None:
        raise BrokenFile(document.path, f"{'.'.join(at)} must be a mapping of keys to values")
    new = nest(edit.keys[depth + 1 :], wanted)
    verb = "insert" if old is MISSING else "replace"
    document.change(verb, at, with_value(document.value, at, new), new)
    had = old is not MISSING
    return Claim(edit.keys, edit.action, edit.value, depth, had, old if had else None)


def _append(document: _Document, edit: Edit, members: Any) -> Claim | None:
    """Add a member to a list that is there."""
    if not isinstance(members, list):
        raise BrokenFile(document.path, f"{'.'.join(edit.keys)} must be a list")
    if position(members, edit.value) is not None:
        return None
    expected = with_value(document.value, edit.keys, [*members, edit.value])
    document.change("push", edit.keys, expected, edit.value)
    return Claim(edit.keys, "append", edit.value, len(edit.keys))


def take_out(kind: SettingsFormat, data: bytes, claims: Sequence[Claim], path: Path) -> tuple[bytes, tuple[Claim, ...]]:
    """Take our values out of a file that the user has changed since; returns also those that are no longer ours."""
    document = _Document(kind, data, path)
    kept = [claim for claim in reversed(claims) if not _take(document, claim)]
    return document.data(), tuple(kept)


def is_empty(kind: SettingsFormat, data: bytes, path: Path) -> bool:
    """Tell whether a file holds nothing at all: no value and no comment."""
    text = decode(data, path).text.strip()
    return text in {"", adaptor(kind).EMPTY.strip()}


def _take(document: _Document, claim: Claim) -> bool:
    """Take one value out; False when the user has changed or removed it."""
    present = look_up(document.value, claim.keys)
    if claim.action == "append":
        at = position(present, claim.value) if isinstance(present, list) else None
        if at is None:
            return False
        if claim.created == len(claim.keys) or len(present) > 1:
            rest = [member for index, member in enumerate(present) if index != at]
            document.change("pop", claim.keys, with_value(document.value, claim.keys, rest), at)
            return True
    elif not same(present, claim.value):
        return False
    _take_key(document, claim)
    return True


def _take_key(document: _Document, claim: Claim) -> None:
    """Take a key away, with the mappings that we made around it when nothing else is in them."""
    depth = len(claim.keys)
    while depth - 1 > claim.created and len(look_up(document.value, claim.keys[: depth - 1])) == 1:
        depth -= 1
    at = claim.keys[:depth]
    if claim.had and depth == claim.created + 1:
        document.change("replace", at, with_value(document.value, at, claim.old), claim.old)
    else:
        document.change("delete", at, with_value(document.value, at, MISSING))
