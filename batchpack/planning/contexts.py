"""Context patterns of keywords: a few words around `_`, which stands for the keyword itself.

`in|using _` (either word before it), `the? _ backend` (a word that may be missing), `* _` (any one word).
A pattern never reaches over the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from batchpack.planning.words import Word

REACH = 8
"""Words looked at on either side of a keyword."""


def fits(patterns: Sequence[str], words: Sequence[Word], start: int, end: int) -> bool:
    """Tell whether one of the patterns fits around words[start:end]."""
    if not patterns:
        return False
    before, after = _before(words, start), _after(words, end)
    return any(left.search(before) and right.match(after) for left, right in map(_compiled, patterns))


def _before(words: Sequence[Word], start: int) -> str:
    """Return the words of the same sentence before a place, each followed by a blank."""
    first = start
    while first > max(0, start - REACH) and not words[first].starts:
        first -= 1
    return "".join(f"{word.small} " for word in words[first:start])


def _after(words: Sequence[Word], end: int) -> str:
    """Return the words of the same sentence after a place, each led by a blank."""
    last = end
    while last < min(len(words), end + REACH) and not words[last].starts:
        last += 1
    return "".join(f" {word.small}" for word in words[end:last])


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the expressions for what stands before and after the keyword."""
    left, _, right = f" {pattern} ".partition(" _ ")
    before = "".join(_element(element, "{} ") for element in left.split())
    after = "".join(_element(element, " {}") for element in right.split())
    return re.compile(rf"(?:^|(?<= )){before}$"), re.compile(rf"{after}(?= |$)")


def _element(element: str, place: str) -> str:
    """Return the expression for one word of a pattern with its blank."""
    optional = element.endswith("?")
    words = "|".join("[^ ]+" if word == "*" else re.escape(word) for word in element.removesuffix("?").split("|"))
    return f"(?:{place.format(f'(?:{words})')}){'?' if optional else ''}"
