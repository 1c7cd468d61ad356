"""The request as a caller gives it: words on the command line, a file, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from batchpack.errors import BatchpackError, UsageError

LARGEST = 1024 * 1024


def read(words: Sequence[str], file: str | None) -> str:
    """Return the request; raises UsageError unless exactly one source is given, BatchpackError for no text."""
    if words and file is not None:
        raise UsageError("say what is to be done once, not as text and by --file too", "leave one of them out")
    if not words and file is None:
        raise UsageError("say what is to be done", "give the text, or --file PATH, or --file - to read standard input")
    return " ".join(words) if file is None else _decoded(_data(file), file)


def _data(file: str) -> bytes:
    """Read a file or standard input, up to one byte more than is allowed."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise BatchpackError(f"--file {file} cannot be read: {error.strerror}", "name a file with the text") from error


def _decoded(data: bytes, file: str) -> str:
    """Return a text of sensible size."""
    if len(data) > LARGEST:
        raise BatchpackError(
            f"--file {file} is over 1 MB", "describe the task in fewer words, and name long files in it"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BatchpackError(f"--file {file} is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error
