"""Which paths lie outside of what a task may change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SIGNS = frozenset("*?[")


def outside(paths: Iterable[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that none of the allowed paths and patterns covers, in their order; nothing allowed: any is.

    All start at the project's root. A path covers itself and, as a folder, all below it; so does a pattern that ends
    with `/`. In patterns `*` and `?` stay within one name, `[…]` is one of some letters, and `**` goes over any number
    of folders. A path that stands there to the letter is always covered, whatever signs are in it.
    """
    if not allowed:
        return ()
    plain = {_tidy(word) for word in allowed}
    patterns = [pattern(word) for word in allowed if SIGNS & set(word)]
    return tuple(
        path for path in paths if not _is_below(path, plain) and not any(one.fullmatch(path) for one in patterns)
    )


def _tidy(word: str) -> str:
    """Return a path without `./` before and `/` behind it."""
    return re.sub(r"^(?:\./+)+", "", word).rstrip("/") or "."


def _is_below(path: str, folders: set[str]) -> bool:
    """Tell whether a path or one of the folders it lies in is among some paths."""
    parts = path.split("/")
    return "." in folders or any("/".join(parts[:count]) in folders for count in range(1, len(parts) + 1))


def pattern(word: str) -> re.Pattern[str]:
    """Turn a pattern into a regular expression for a whole path."""
    below = ".*" if word.endswith("/") else ""
    parts = [part for part in _tidy(word).split("/") if part]
    found = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part != "**":
            found += _name(part) + ("" if last else "/")
        elif last:
            found += ".*"
        elif parts[number + 1] != "**":  # several in a row say no more than one
            found += "(?:.*/)?"
    return _compiled(found + (f"/{below}" if below and not found.endswith(".*") else ""), word)


def _name(part: str) -> str:
    """Turn a pattern for one name into a regular expression."""
    pieces = re.findall(r"\*+|\?|\[[!^]?\]?[^\]/]*\]|[^*?]", part, re.DOTALL)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    """Turn one sign of a pattern, or one letter, into a regular expression."""
    if piece[0] == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if len(piece) < 3 or piece[0] != "[":
        return re.escape(piece)
    negated = piece[1] in "!^"
    letters = re.sub(r"([\\\[\]^&~|])", r"\\\1", piece[2 if negated else 1 : -1])
    return f"(?!/)[{'^' if negated else ''}{letters}]"


def _compiled(expression: str, word: str) -> re.Pattern[str]:
    """Compile an expression; a pattern that makes none, as `[z-a]`, matches itself only."""
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:
        return re.compile(re.escape(word))
