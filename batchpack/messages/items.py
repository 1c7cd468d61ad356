"""The items of a job: lines of JSONL, rows of CSV or the files of a glob, read one at a time."""

from __future__ import annotations

import glob
import hashlib
import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from batchpack import rows
from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.files import read_text

KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv"}
BUCKETS = 64
STDIN = "-"


class Item(NamedTuple):
    """One item: its number from 0, the key that the user knows it by, what a template can use, and where it stands."""

    number: int
    key: str | int
    fields: dict[str, Any]
    where: str


class BadItem(BatchpackError):
    """An item that cannot be sent; nothing was."""

    def __init__(self, item: Item, reason: str, hint: str = "mend it and run the command again") -> None:
        key = "" if item.key == item.number else f" (key {item.key!r})"
        super().__init__(f"item {item.number}{key}, {item.where}: {reason}", f"nothing was sent; {hint}")


@dataclass
class Source:
    """Where items come from; after a full reading `count` and `sha256` say what was read.

    `words` are relative to `base`; `file` is where standard input was put.
    """

    words: tuple[str, ...]
    kind: str
    base: Path
    key: str | None = None
    allow_duplicates: bool = False
    file: Path | None = None
    count: int = 0
    sha256: str = ""
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    @property
    def word(self) -> str:
        """Return what the items are called in messages."""
        return self.words[0] if len(self.words) == 1 else f"{self.words[0]} and {len(self.words) - 1} more"

    def read(self) -> Iterator[Item]:
        """Yield the items in their order; raises BadItem, BrokenFile, or BatchpackError for none and for twins."""
        self._hash, seen = hashlib.sha256(), Seen()
        number = -1
        for number, (raw, fields, where) in enumerate(self._rows()):
            key: str | int = number
            if self.key is not None:
                key = _key(self.key, Item(number, number, fields, where))
            seen.add(hash(raw if self.key is None else key))
            yield Item(number, key, fields, where)
        if number < 0:
            raise BatchpackError(f"{self.word}: there are no items in it", "nothing was sent")
        self.count, self.sha256 = number + 1, self._hash.hexdigest()
        if not self.allow_duplicates and self.kind != "files":
            self._refuse_twins(seen)

    def fingerprint(self) -> str:
        """Return the hash of what is there now, without making items of it."""
        self._hash = hashlib.sha256()
        if self.kind == "files":
            for _ in self._rows():
                pass
        else:
            with self._path().open("rb") as stream:
                while chunk := stream.read(1 << 20):
                    self._hash.update(chunk)
        return str(self._hash.hexdigest())

    def _path(self) -> Path:
        """Return the path of a source that is one file; raises BatchpackError when there is none."""
        path = self.file or self.base / self.words[0]
        if not path.is_file():
            raise BatchpackError(f"{self.word}: there is no such file", "give JSONL, CSV, or a pattern in quotes")
        return path

    def _rows(self) -> Iterator[tuple[object, dict[str, Any], str]]:
        """Yield for each item what makes it itself, its fields and its place; the hash is made on the way."""
        read: Callable[[], Iterator[tuple[object, dict[str, Any], str]]] = getattr(self, f"_{self.kind}")
        try:
            yield from read()
        except OSError as error:
            raise BatchpackError(f"{self.word}: {error.strerror or error}", "nothing was sent") from error

    def _jsonl(self) -> Iterator[tuple[object, dict[str, Any], str]]:
        path = self._path()
        with path.open("rb") as stream:
            for raw, fields, line in rows.jsonl(self._lines(stream, path), self._broken(path)):
                yield raw, fields, f"line {line}"

    def _csv(self) -> Iterator[tuple[object, dict[str, Any], str]]:
        path = self._path()
        mark = "\t" if path.suffix == ".tsv" else ","
        with path.open("rb") as stream:
            for raw, fields, line in rows.table(self._lines(stream, path), self._broken(path), mark):
                yield raw, fields, f"line {line}"

    def _lines(self, stream: IO[bytes], path: Path) -> Iterator[tuple[int, bytes]]:
        """Yield the numbered lines of a file; the hash is made of all of them."""
        for number, line in rows.lines(stream, self._broken(path)):
            self._hash.update(line)
            yield number, line

    @staticmethod
    def _broken(path: Path) -> rows.Broken:
        """Return what ends the reading at the first row that is broken."""

        def tell(line: int, reason: str, column: int | None) -> None:
            raise BrokenFile(path, reason, line, column)

        return tell

    def _files(self) -> Iterator[tuple[object, dict[str, Any], str]]:
        found = {name for word in self.words for name in glob.glob(word, root_dir=self.base, recursive=True)}  # noqa: PTH207
        for name in sorted(found):
            path = self.base / name
            if path.is_file():
                text = read_text(path)
                self._hash.update(json.dumps([name, hashlib.sha256(text.encode()).hexdigest()]).encode())
                yield name, {"path": name, "name": path.name, "text": text}, name

    def _refuse_twins(self, seen: Seen) -> None:
        """Refuse items that are there twice, naming the first two; a hash that two different items share is none."""
        doubtful = seen.twins()
        if not doubtful:
            return
        count = self.count
        first: dict[object, Item] = {}
        for number, (raw, fields, where) in enumerate(self._rows()):
            item = Item(number, number, fields, where)
            mark: object = raw if self.key is None else _key(self.key, item)
            if hash(mark) in doubtful:
                twin = first.setdefault(mark, item)
                if twin.number != number:
                    what = "are the same" if self.key is None else f"have the same key {mark!r}"
                    raise BatchpackError(
                        f"{self.word}: {twin.where} and {where} {what}",
                        "nothing was sent; each would be paid: remove one, or add --allow-duplicates",
                    )
        self.count = count


class Seen:
    """The hashes of what was read, eight bytes each, to find twins among millions."""

    def __init__(self) -> None:
        self._buckets = [array("q") for _ in range(BUCKETS)]

    def add(self, mark: int) -> None:
        """Note a hash."""
        self._buckets[mark % BUCKETS].append(mark)

    def twins(self) -> set[int]:
        """Return the hashes that were noted more than once."""
        found: set[int] = set()
        for bucket in self._buckets:
            if len(set(bucket)) < len(bucket):
                once: set[int] = set()
                found.update(mark for mark in bucket if mark in once or once.add(mark))  # type: ignore[func-returns-value]
        return found


def open_source(
    words: tuple[str, ...],
    base: Path,
    *,
    kind: str | None = None,
    key: str | None = None,
    allow_duplicates: bool = False,
) -> Source:
    """Return the source that a word means: a file by its ending, a pattern, or what `kind` says."""
    word = words[0]
    files = len(words) > 1 or glob.has_magic(word)
    known = kind or ("files" if files else "jsonl" if word == STDIN else KINDS.get(Path(word).suffix.lower()))
    if known != "files" and len(words) > 1:
        raise UsageError(f"{len(words)} sources were given", "give one file, or files that are an item each")
    if known is None and (base / word).is_dir():
        raise UsageError(f"{word} is a folder", f"give a pattern in quotes: '{word.rstrip('/')}/**/*'")
    if known is None:
        raise UsageError(f"{word}: no way to tell what this holds", "add --format jsonl, csv or files")
    return Source(words, known, base, key, allow_duplicates)


def _key(name: str, item: Item) -> str | int:
    """Return the key of an item; raises BadItem when it has none."""
    key = item.fields.get(name)
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        have = ", ".join(item.fields) or "none"
        raise BadItem(item, f"the key field {name!r} is missing or no text (fields: {have})", "choose another --key")
    return key
