"""A settings file between bytes and text: byte order mark and line ends are put aside and come back unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BrokenFile

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with plain line ends, and what turns it back into bytes."""

    text: str
    bom: bool = False
    crlf: bool = False

    def encode(self, text: str) -> bytes:
        """Return a text as bytes in this file's manner."""
        written = text.replace("\n", "\r\n") if self.crlf else text
        return (BOM if self.bom else b"") + written.encode()


def decode(data: bytes, path: Path) -> Decoded:
    """Return a file's text; line ends are made plain only where all of them are CRLF, so that nothing is lost."""
    bom = data.startswith(BOM)
    body = data[len(BOM) :] if bom else data
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BrokenFile(path, "it is not UTF-8 text", line) from error
    crlf = "\r\n" in text and text.count("\r\n") == text.count("\n")
    return Decoded(text.replace("\r\n", "\n") if crlf else text, bom, crlf)


def place(text: str, index: int) -> tuple[int, int]:
    """Return the line and column, from 1, of an offset."""
    before = text[: max(0, min(index, len(text)))]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
