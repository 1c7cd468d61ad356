"""Which keywords stand in a text, where, and whether they ask for something or rule it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from batchpack.planning import contexts, negation
from batchpack.planning.negation import Standing
from batchpack.planning.rules import Keyword
from batchpack.planning.values import Match
from batchpack.planning.words import Word

MOSTLY = 0.5
"""Share of capitalised words from which on a capital letter says nothing."""


class Text(NamedTuple):
    """A description: its words, the standing of each, and the phrase that rules it out, if any.

    `titled` says that so many words have capitals that these mean nothing.
    """

    raw: str
    words: tuple[Word, ...]
    standings: Sequence[Standing]
    spans: Sequence[tuple[int, int] | None]
    titled: bool

    def match(self, keyword: str, start: int, end: int) -> Match:
        """Return words[start:end] as the match of a keyword."""
        first, last = self.words[start], self.words[end - 1]
        return Match(keyword, self.raw[first.offset : last.offset + len(last.text)], first.offset, first.number)

    def around(self, start: int) -> str:
        """Return the phrase that rules out words[start], on one line."""
        first, behind = self.spans[start] or (start, start + 1)
        end = self.words[behind - 1]
        return " ".join(self.raw[self.words[first].offset : end.offset + len(end.text)].split())


def read(raw: str, words: Sequence[Word]) -> Text:
    """Look at a description's negations and capitals."""
    within = [word for word in words if not word.starts]
    capitals = sum(word.text[:1].isupper() for word in within)
    titled = len(within) > 4 and capitals > MOSTLY * len(within)
    return Text(raw, tuple(words), *negation.read(words), titled)


class Index:
    """The forms of many keywords, to look a text over once: form's first word → (all its words, keyword, owner)."""

    def __init__(self, owned: Iterable[tuple[str, Iterable[Keyword]]]) -> None:
        self._entries: dict[str, list[tuple[tuple[str, ...], Keyword, str]]] = {}
        for owner, keywords in owned:
            for keyword in keywords:
                for form in keyword.forms:
                    parts = tuple(form.split(" "))
                    self._entries.setdefault(parts[0], []).append((parts, keyword, owner))

    def find(self, text: Text) -> Iterator[tuple[str, Keyword, int, int]]:
        """Yield owner, keyword, first and behind-last word of each occurrence that its contexts let count."""
        for start, word in enumerate(text.words):
            for parts, keyword, owner in self._entries.get(word.small, ()):
                end = start + len(parts)
                if _same(text.words, start, parts) and counts(keyword, text, start, end):
                    yield owner, keyword, start, end


def _same(words: Sequence[Word], start: int, parts: tuple[str, ...]) -> bool:
    """Tell whether the words from a place on are these, within one sentence."""
    if len(parts) == 1:
        return True
    here = words[start : start + len(parts)]
    return tuple(word.small for word in here) == parts and not any(word.starts for word in here[1:])


def counts(keyword: Keyword, text: Text, start: int, end: int) -> bool:
    """Tell whether an occurrence counts, given the contexts of its keyword."""
    capital = _capital(text, start) and keyword.capital
    if capital == "always" or contexts.fits(keyword.always, text.words, start, end):
        return True
    if contexts.fits(keyword.unless, text.words, start, end):
        return False
    return not keyword.only or capital == "enough" or contexts.fits(keyword.only, text.words, start, end)


def _capital(text: Text, start: int) -> bool:
    """Tell whether a word has a capital letter that its place in the sentence does not explain.

    The first word of a list ("Go, React") is no sentence's first word.
    """
    word = text.words[start]
    listed = text.words[start + 1].mark == "," if start + 1 < len(text.words) else False
    return word.text[:1].isupper() and (listed or not word.starts) and not text.titled
