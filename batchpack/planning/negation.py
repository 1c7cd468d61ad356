"""What a text rules out: for each word whether it is asked for, ruled out, or merely mentioned beside that."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from batchpack.planning import cues
from batchpack.planning.words import Word

REACH = 14
"""Words that one cue rules out at most, for texts without punctuation."""

SIGHT = 80
"""Characters around a cue that say whether it holds."""


class Standing(Enum):
    """How a word stands in the text."""

    ASKED = "asked for"
    RULED_OUT = "ruled out"
    MENTIONED = "mentioned"


class Reading(NamedTuple):
    """For each word its standing, and the span (first, behind last word) of the phrase that rules it out, if any."""

    standings: list[Standing]
    spans: list[tuple[int, int] | None]


def read(words: Sequence[Word]) -> Reading:
    """Look for what a text rules out."""
    found = Reading([Standing.ASKED] * len(words), [None] * len(words))
    line = _Line(words)
    for cue in cues.BACKGROUND.finditer(line.text):
        first, last = line.index(cue.start()), line.sentence(line.index(cue.start()))
        found.standings[first:last] = [Standing.MENTIONED] * (last - first)
    for cue in cues.FORWARD.finditer(line.text):
        first, behind = line.index(cue.start()), line.index(cue.end())
        if cue["list"]:
            _mark(line, found, behind, line.sentence(behind), (first, line.sentence(behind)))
        elif _holds(line, cue):
            _mark(line, found, first, line.forward(behind), (first, line.forward(behind)))
    for cue in cues.BACKWARD.finditer(line.text):
        last, behind = line.index(cue.start()), line.index(cue.end())
        first = line.backward(last) if cue["alone"] or not words[last].starts else last
        _mark(line, found, first, last, (first, behind))
        found.standings[last:behind] = [Standing.RULED_OUT] * (behind - last)
    return found


class _Line:
    """Words on one line as `cues` reads it, with the way back from a place in it to a word's index."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._starts: list[int] = []
        parts, length = [" "], 1
        for word in words:
            part = f"{word.mark} {word.small} " if word.mark else f"{word.small} "
            self._starts.append(length + len(part) - len(word.small) - 1)
            parts.append(part)
            length += len(part)
        self.text = "".join(parts)

    def index(self, place: int) -> int:
        """Return the index of the first word that ends behind a place of the line."""
        after = bisect_right(self._starts, place)
        inside = after > 0 and place < self._starts[after - 1] + len(self.words[after - 1].small)
        return after - 1 if inside else after

    def sentence(self, first: int) -> int:
        """Return the index behind the last word of the sentence of a word."""
        rest = range(first + 1, len(self.words))
        return next((here for here in rest if self.words[here].starts), len(self.words))

    def forward(self, first: int) -> int:
        """Return the index behind the last word that a cue before `first` rules out."""
        if first < len(self.words) and self.words[first].mark:
            return first
        for here in range(first, min(len(self.words), first + REACH)):
            if here > first and self._ends(here):
                return here
        return min(len(self.words), first + REACH)

    def _ends(self, here: int) -> bool:
        """Tell whether something new begins with a word."""
        word, before = self.words[here], self.words[here - 1]
        if word.starts or word.small in cues.ENDS:
            return True
        if word.mark == "," and not self._listed(here):
            return True
        if before.small in {"and", "&"}:
            return self._begins(here)
        return word.small in cues.ACTIONS and before.small not in cues.DETERMINERS

    def _begins(self, here: int) -> bool:
        """Tell whether the words after an "and" are a new wish; "test the rest" is one, "test files" is not."""
        small = self.words[here].small
        follows = self.words[here + 1].small if here + 1 < len(self.words) else ""
        return small in cues.AFTER_AND or (small == "test" and follows in {"it", "the", "that", "this", "everything"})

    def _listed(self, here: int) -> bool:
        """Tell whether a comma goes on with the list that is ruled out, which an "or" must end soon."""
        for word in self.words[here : here + 7]:
            if word.small in {"or", "nor"}:
                return True
            if (word.starts and word is not self.words[here]) or word.small in cues.ACTIONS | {"no", "without", "not"}:
                return False
        return False

    def backward(self, last: int) -> int:
        """Return the index of the first word that a cue behind `last` rules out."""
        here, joined = last, False
        while here > max(0, last - REACH):
            mark, before = self.words[here].mark if here < last else "", self.words[here - 1].small
            if mark == "|" or (mark == "," and not joined) or before in cues.ENDS | {"leave", "keep", "leaving", "so"}:
                break
            if before in {"and", "or", "nor"}:
                if self._asks(here - 1):
                    break
                joined = True
            here -= 1
        return here

    def _asks(self, here: int) -> bool:
        """Tell whether the clause around a word, before it, has a verb that asks for something."""
        for word in reversed(self.words[max(0, here - 2 * REACH) : here]):
            if word.small in cues.AFTER_AND and word.small not in {"a", "an", "with", "it", "test"}:
                return True
            if word.starts:
                return False
        return False


def _holds(line: _Line, cue: re.Match[str]) -> bool:
    """Tell whether a cue rules anything out here, rather than saying how things are."""
    lead = line.text[max(0, cue.start() - SIGHT) : cue.start()]
    before = lead.rsplit(" ", 2)[-2:-1]
    if cue["verb"]:
        free = before == [] or before[0] in cues.CLAUSE_START or cue["verb"] in {"not to", "no need to"}
        return free or re.match(cues.STATED, line.text[cue.end() : cue.end() + SIGHT]) is not None
    if cues.NOT_AGAIN.search(lead):
        return False
    if cues.IMPERATIVE_CUES.match(cue["noun"]):
        return before == [] or before[0] in cues.CLAUSE_START | cues.SUBJECTS
    return cue["noun"] != "no" or _no(line, cue.end(), before)


def _no(line: _Line, end: int, before: list[str]) -> bool:
    """Tell whether a plain "no" rules out: not in "no longer", "there are no tests", "no tests yet"."""
    rest = line.text[end : end + SIGHT]
    if cues.NO_TRAPS.match(rest) or cues.STATES.intersection(before):
        return False
    first = line.index(end)
    changed = any(word.small in cues.CHANGES for word in line.words[first : line.forward(first)])
    return changed or not cues.STILL.match(f" {rest}")


def _mark(line: _Line, found: Reading, first: int, last: int, span: tuple[int, int]) -> None:
    """Rule out words[first:last]; behind a word such as "for" they are merely mentioned, unless a change is meant."""
    across = mentioned = named = False
    for here in range(first, last):
        small = line.words[here].small
        across = across or small in cues.CHANGES
        mentioned = mentioned or (named and not across and small in cues.RELATIONS)
        named = named or small not in cues.RELATIONS | cues.LEADING
        if found.standings[here] is not Standing.RULED_OUT:
            found.standings[here] = Standing.MENTIONED if mentioned else Standing.RULED_OUT
            found.spans[here] = span
