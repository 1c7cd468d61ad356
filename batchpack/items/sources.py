"""Where items come from: JSONL, CSV, lines, files of a pattern, mail, standard input, what a command prints."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from batchpack import process, rows
from batchpack.errors import BatchpackError, UsageError
from batchpack.items import mail, times
from batchpack.items.values import SIZE_LIMIT, Found, Rejects

KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv", ".mbox": "mbox"}
FORMATS = ("jsonl", "csv", "lines", "files", "mbox", "mail")
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One source: a word relative to `base`, or the argv of a command; `stdin` is what standard input is."""

    kind: str
    word: str
    base: Path
    argv: tuple[str, ...] = ()
    stdin: IO[bytes] | None = None

    def read(self, rejects: Rejects) -> Iterator[Found]:
        """Yield what there is, in its order; what is broken goes to the rejects."""
        if self.kind == "files":
            yield from _files(self.base, self.word, rejects)
        elif self.kind == "mail":
            yield from mail.folder(self.base, self.word, rejects)
        else:
            with ExitStack() as stack:
                yield from READERS[self.kind](self.stream(stack), self.word, rejects)

    def stream(self, stack: ExitStack) -> IO[bytes]:
        """Open what the bytes of a source that is one stream come from; the stack closes it."""
        if self.argv:
            return stack.enter_context(process.output_of(self.argv, cwd=self.base))
        if self.stdin is not None:
            return self.stdin
        path = self.base / self.word
        if not path.is_file():
            raise BatchpackError(f"{self.word}: there is no such file", "nothing was added")
        try:
            return stack.enter_context(path.open("rb"))
        except OSError as error:
            raise BatchpackError(f"{self.word}: {error.strerror or error}", "nothing was added") from error


def open_source(word: str, base: Path, *, kind: str | None = None, stdin: IO[bytes] | None = None) -> Source:
    """Return the source that a word means: by `kind`, by its ending, by what stands there."""
    if word == STDIN:
        return Source(kind or "jsonl", "standard input", base, stdin=stdin)
    known = kind or _kind(word, base)
    if known is None:
        raise UsageError(f"{word}: no way to tell what this holds", f"add --format {', '.join(FORMATS)}")
    return Source(known, word, base)


def of_command(argv: tuple[str, ...], base: Path, kind: str | None = None) -> Source:
    """Return the source of what a command prints: an item a line."""
    if kind in {"files", "mail"}:
        raise UsageError(f"a command prints no {kind}", "give --format lines, jsonl, csv or mbox")
    return Source(kind or "lines", argv[0], base, argv)


def _kind(word: str, base: Path) -> str | None:
    """Tell what a word means."""
    path = base / word
    if path.is_dir():
        if (path / "cur").is_dir() or (path / "new").is_dir() or next(path.glob("*.eml"), None):
            return "mail"
        raise UsageError(f"{word} is a folder without mail", f"give a pattern in quotes: '{word.rstrip('/')}/**/*'")
    if glob.has_magic(word) and not path.exists():
        return "files"
    return KINDS.get(Path(word).suffix.lower())


def _jsonl(stream: IO[bytes], name: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the objects of lines; each is kept as it was written."""
    yield from objects(rows.lines(stream, broken_in(name, rejects), SIZE_LIMIT), name, rejects)


def objects(numbered: Iterable[tuple[int, bytes]], name: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the objects of lines that have numbers."""
    for raw, fields, line in rows.jsonl(numbered, broken_in(name, rejects)):
        yield Found(raw, fields, f"{name}:{line}")


def _csv(stream: IO[bytes], name: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the rows of a table as objects of texts."""
    broken = broken_in(name, rejects)
    mark = "\t" if name.lower().endswith(".tsv") else ","
    for _, fields, line in rows.table(rows.lines(stream, broken, SIZE_LIMIT), broken, mark, SIZE_LIMIT):
        yield Found(_json(fields), fields, f"{name}:{line}")


def _lines(stream: IO[bytes], name: str, rejects: Rejects) -> Iterator[Found]:
    """Yield lines of text; empty ones are none."""
    broken = broken_in(name, rejects)
    for line, raw in rows.lines(stream, broken, SIZE_LIMIT):
        try:
            fields = {"text": raw.rstrip(b"\r\n").decode()}
        except UnicodeDecodeError:
            broken(line, "it is not UTF-8 text", None)
            continue
        if fields["text"].strip():
            yield Found(_json(fields), fields, f"{name}:{line}")


def _files(base: Path, word: str, rejects: Rejects) -> Iterator[Found]:
    """Yield the files of a pattern: the item points to the file, its hash is that of the content."""
    root = (base / _fixed(word)).resolve()
    for name in sorted(glob.glob(word, root_dir=base, recursive=True)):  # noqa: PTH207 - pathlib's has no root
        path = base / name
        if path.is_dir():
            continue
        try:
            if not path.resolve().is_relative_to(root) or not path.is_file():
                rejects.put(name, f"it is a link out of {root}, or no file")
                continue
            fields, size = _file(path, name)
        except (OSError, UnicodeError, OverflowError) as error:
            rejects.put(ascii(name)[1:-1], getattr(error, "strerror", None) or "its name or content cannot be read")
            continue
        yield Found(_json(fields), fields, name, file_id(name), size)


def _fixed(word: str) -> str:
    """Return the folder that a pattern begins in."""
    parts = Path(word).parts
    fixed = next((at for at, part in enumerate(parts) if glob.has_magic(part)), len(parts) - 1)
    return str(Path(*parts[:fixed])) if fixed else "."


def _file(path: Path, name: str) -> tuple[dict[str, Any], int]:
    """Return what an item says of a file, the hash of its content with it, and its size."""
    name.encode()  # a name that is no UTF-8 can stand in no manifest
    stat = path.stat()
    hashed = sha256()
    if stat.st_size <= SIZE_LIMIT:
        hashed.update(path.read_bytes())
    pure = Path(name)
    folder = pure.parent.as_posix()
    at = times.parse(stat.st_mtime)
    fields = {"path": name, "name": pure.name, "folder": folder, "suffix": pure.suffix, "at": at}
    return {**fields, "sha256": hashed.hexdigest()}, stat.st_size


def file_id(name: str) -> str:
    """Return an id for a path: the end of it, made of letters that ids have, and eight digits of its hash."""
    tail = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "." for letter in name)
    words = [word for word in tail[-48:].split(".") if word]
    end = ".".join(words).lstrip("-_")
    return f"{end or 'file'}-{sha256(name.encode()).hexdigest()[:8]}"


def _json(fields: Mapping[str, Any]) -> bytes:
    """Return fields as JSON."""
    return orjson.dumps(fields)


def broken_in(name: str, rejects: Rejects) -> rows.Broken:
    """Return what tells the rejects of a broken row."""

    def tell(line: int, reason: str, column: int | None) -> None:
        rejects.put(f"{name}:{line}" + (f":{column}" if column else ""), reason)

    return tell


READERS: dict[str, Callable[[IO[bytes], str, Rejects], Iterator[Found]]] = {
    "jsonl": _jsonl, "csv": _csv, "lines": _lines, "mbox": mail.mbox,
}  # fmt: skip
