"""The words by which a text rules something out."""

from __future__ import annotations

import pytest

from batchpack.planning import cues


@pytest.mark.parametrize(
    ("line", "cue"),
    [
        (" | add it , no tests ", "no "),
        (" | please don't touch it ", "don't "),
        (" | no need for docker ", "no need for "),
        (" | everything but the ui ", "everything but "),
        (" | out of scope | docs ", "out of scope | "),
    ],
)
def test_the_longest_cue_is_taken(line: str, cue: str) -> None:
    """Of cues that begin alike the longer one is found, with the blank behind it."""
    found = cues.FORWARD.search(line)
    assert found is not None
    assert cue == found[0]


@pytest.mark.parametrize("line", [" | nothing here ", " | notable apis ", " | volcano ", " | i know it ", " | do it "])
def test_cues_are_whole_words(line: str) -> None:
    """A cue never begins or ends within a word."""
    assert (None, None) == (cues.FORWARD.search(line), cues.BACKWARD.search(line))


@pytest.mark.parametrize(
    "cue", ["are not needed", "isn't required", "stays as it is", "already exists", "can wait", "is out of scope"]
)
def test_cues_behind_what_is_ruled_out(cue: str) -> None:
    """The cues that follow what they rule out are found as a whole."""
    found = cues.BACKWARD.search(f" | the tests {cue} ")
    assert found is not None
    assert f"{cue} " == found[0]
