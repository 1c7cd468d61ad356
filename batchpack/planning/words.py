"""Text into words with their places, and a word into its inflections by small rules."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_EXTENSIONS = (
    "py|go|ts|tsx|js|jsx|mjs|json|ya?ml|toml|md|sql|sh|css|scss|html?|rs|java|rb|php|c|h|cpp|cs|txt|log|env|lock"
)
_CODE = (
    r"`[^`\n]*`"  # what stands in backticks is code
    r"|\w+://\S+"  # addresses
    r"|[./~\w-]*/[\w./-]*\.(?:" + _EXTENSIONS + r")\b"  # paths to files
    r"|(?<!\w)(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)+"  # absolute paths and routes
    r"|\w*[^\W_]_[\w.]*"  # snake_case
    r"|(?!(?:react|next|vue|nuxt|node|express)\.js\b)[\w-]+\.(?:" + _EXTENSIONS + r")\b"  # file names
)
_TOKEN = re.compile(rf"(?P<code>{_CODE})|(?P<word>[^\W_]+(?:['\u2019][^\W_]+)*)", re.IGNORECASE)
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
    for found in _TOKEN.finditer(text):
        number += len(_BLANK.findall(text, counted, found.start()))
        counted = found.start()
        mark = _mark(text[end : found.start()]) if words else "|"
        words.append(Word(found[0], _small(found), found.start(), number, mark))
        end = found.end()
    return words


def _mark(gap: str) -> str:
    """Return what begins behind the characters between two words."""
    if gap == " ":
        return ""
    return "|" if _START.search(gap) else "," if _CLAUSE.search(gap) else ""


def _small(found: re.Match[str]) -> str:
    """Return a word in small letters with a plain apostrophe and without `'s`; code gets a form nothing matches."""
    if found["code"]:
        return "`" + found[0]
    small = found[0].lower().replace("\u2019", "'")
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
