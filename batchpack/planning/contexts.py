"""Context patterns of keywords: a few words around `_`, which stands for the keyword itself.

`in|using _` (either word before it), `the? _ backend` (a word that may be missing), `* _` (any one word).
A pattern never reaches over the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from batchpack.planning.words import Word

REACH = 10
"""Words looked at on either side of a keyword."""


class Element(NamedTuple):
    """One place of a pattern: the words that may stand there (None: any), and whether it may be missing."""

    words: frozenset[str] | None
    optional: bool


def fits(patterns: Sequence[str], words: Sequence[Word], start: int, end: int) -> bool:
    """Tell whether one of the patterns fits around words[start:end]."""
    if not patterns:
        return False
    before, after = _before(words, start), _after(words, end)
    return any(_leads(left, before) and _leads(right, after) for left, right in map(_parsed, patterns))


def _before(words: Sequence[Word], start: int) -> list[str]:
    """Return the words of the same sentence before a place, the nearest first."""
    found: list[str] = []
    while len(found) < min(start, REACH) and not words[start - len(found)].starts:
        found.append(words[start - len(found) - 1].small)
    return found


def _after(words: Sequence[Word], end: int) -> list[str]:
    """Return the words of the same sentence from a place on."""
    found: list[str] = []
    for word in words[end : end + REACH]:
        if word.starts:
            break
        found.append(word.small)
    return found


def _leads(elements: tuple[Element, ...], words: Sequence[str]) -> bool:
    """Tell whether the words begin as the elements say."""
    if not elements:
        return True
    first, rest = elements[0], elements[1:]
    if words and (first.words is None or words[0] in first.words) and _leads(rest, words[1:]):
        return True
    return first.optional and _leads(rest, words)


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
    """Return what stands before the keyword, the nearest first, and what stands after it."""
    parts = pattern.lower().split()
    place = parts.index("_")
    left, right = (tuple(_element(part) for part in side) for side in (parts[:place][::-1], parts[place + 1 :]))
    return left, right


def _element(part: str) -> Element:
    """Read one place of a pattern."""
    words = part.removesuffix("?")
    return Element(None if words == "*" else frozenset(words.split("|")), part.endswith("?"))
