"""Texts of others made safe to show and to hand on: no hidden characters, and marks that nobody can forge."""

from __future__ import annotations

import re
from pathlib import Path

from batchpack.files import fingerprint

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
"""What terminals take for colours, movements and titles."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by."""


def clean(text: str) -> str:
    """Return a text without control characters, which hide or reorder what a reader sees."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def line(text: str, most: int = 200) -> str:
    """Return a text as one line of at most so many characters, colours taken out."""
    words = " ".join(clean(ESCAPE.sub("", text)).split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def cell(text: str) -> str:
    """Return a text that no program for tables takes for a formula: an apostrophe before it, as is the custom."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def mark(text: str, word: str = "REQUEST") -> str:
    """Return a line that does not occur in a text, made from the text alone so that a prompt can be rebuilt."""
    for number in range(1000):
        made = f"=== {word} {fingerprint(f'{number} {text}'.encode(errors='replace'))[:12]} ==="
        if made not in text:
            return made
    raise AssertionError("a thousand fingerprints of a text cannot all occur in it")


def tail(path: Path, lines: int = 60, size: int = 6000) -> str:
    """Return the last lines of a file, at most `size` bytes of it, fit to be shown; empty if it cannot be read."""
    try:
        with path.open("rb") as stream:
            end = stream.seek(0, 2)
            stream.seek(max(0, end - size))
            text = stream.read(size).decode(errors="replace")
    except OSError:
        return ""
    text = text if end <= size else text.partition("\n")[2] or text
    return clean(ESCAPE.sub("", "\n".join(text.splitlines()[-lines:])))
