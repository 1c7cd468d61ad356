"""Text into words with their places, and a word into its inflections by small rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_CHUNK = re.compile(r"`[^`\n]*`|[^\s`]+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_ADDRESS = re.compile(r"\w+://")
_NAME = re.compile(r"[\w./~@:-]+")
_SNAKE = re.compile(r"[^\W_]_|_[^\W_]")
_FILE = re.compile(
    r"\.(?:py|go|mod|sum|tsx?|jsx?|mjs|json|ya?ml|toml|md|sql|sh|s?css|html?|rs|java|rb|php|c|h|cpp|cs|txt|log|env|lock)"
    r"(?::\d+){0,2}$",
    re.IGNORECASE,
)
_LIBRARY = re.compile(r"(?:react|next|vue|nuxt|node|express)\.js", re.IGNORECASE)
_START = re.compile(r"[.!?:;][\"')\]]*\s|[\n\u2022]")
_CLAUSE = re.compile(r"[,;:()\u2013\u2014\[\]]|\s-+\s")
_BLANK = re.compile(r"\s+")


class Word(NamedTuple):
    """A word of the text: as written, in small letters, its offset, its number among the words between blanks.

    `mark` is `|` where a sentence, line or list item starts, `,` where a clause does, else empty.
    """

    text: str
    small: str
    offset: int
    number: int
    mark: str

    @property
    def starts(self) -> bool:
        """Tell whether a sentence, line or list item starts here."""
        return self.mark == "|"


def split(text: str) -> list[Word]:
    """Split text into words; code, paths and addresses are one word each that no keyword can match."""
    words: list[Word] = []
    end, number, counted = 0, 1, 0
    for start, token, small in _tokens(text):
        number += len(_BLANK.findall(text, counted, start))
        mark = _mark(text[end:start]) if words else "|"
        words.append(Word(token, small, start, number, mark))
        counted, end = start, start + len(token)
    return words


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, token and its small form; that of code begins with a backtick, so that nothing matches it."""
    for chunk in _CHUNK.finditer(text):
        core = chunk[0].strip(".,;:!?()[]{}<>\"'")
        if chunk[0].startswith("`") or _is_code(core):
            yield chunk.start(), chunk[0], f"`{core}"
            continue
        for found in _WORD.finditer(text, chunk.start(), chunk.end()):
            yield found.start(), found[0], _small(found[0])


def _is_code(core: str) -> bool:
    """Tell whether what stands between blanks is an address, a path, a file or a snake_case name."""
    if _ADDRESS.match(core):
        return True
    if not _NAME.fullmatch(core):
        return False
    if core.startswith(("/", "./", "../", "~/")) or _SNAKE.search(core):
        return True
    return _FILE.search(core) is not None and not _LIBRARY.fullmatch(core)


def _mark(gap: str) -> str:
    """Return what begins behind the characters between two words."""
    if gap == " ":
        return ""
    return "|" if _START.search(gap) else "," if _CLAUSE.search(gap) else ""


def _small(word: str) -> str:
    """Return a word in small letters with a plain apostrophe and without `'s`."""
    small = word.lower().replace("\u2019", "'")
    return small if small == "let's" else small.removesuffix("'s")


_VOWELS = "aeiou"
_SHORT = re.compile(r"(?:[^aeiou]*|[^aeiou]*qu)[aeiouy][^aeiouwxy]")


@lru_cache(maxsize=2048)
def forms(phrase: str) -> tuple[str, ...]:
    """Return a word or phrase with the inflections of its last word: plural, -s, -ed, -ing, -ise/-ize, -isation."""
    head, _, last = phrase.rpartition(" ")
    found = dict.fromkeys(form for base in _spellings(last) for form in (base, *_inflected(base)))
    return tuple(f"{head} {form}".strip() for form in found)


def _spellings(word: str) -> tuple[str, ...]:
    """Return the British and American spelling of a verb in -ise, -ize, -yse, -yze, and no other word's."""
    for old, new in (("ize", "ise"), ("yze", "yse"), ("ise", "ize"), ("yse", "yze")):
        if word.endswith(old) and len(word) > 5:
            return (word, word.removesuffix(old) + new)
    return (word,)


def _inflected(word: str) -> tuple[str, ...]:
    """Return the regular inflections of one word, used as noun or as verb."""
    if word.endswith(("ise", "ize")) and len(word) > 5:
        noun = f"{word[:-1]}ation"
        return (f"{word}s", f"{word}d", f"{word[:-1]}ing", noun, f"{noun}s")
    if word.endswith("e"):
        return (f"{word}s", f"{word}d", f"{word}ing" if word.endswith("ee") else f"{word[:-1]}ing")
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    stem = word + word[-1] if _SHORT.fullmatch(word) else word
    plural = f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
    return (plural, f"{stem}ed", f"{stem}ing")
