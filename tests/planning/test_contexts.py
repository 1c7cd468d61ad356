"""Context patterns."""

from __future__ import annotations

import pytest

from batchpack.planning.contexts import fits
from batchpack.planning.words import split


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("in|using _", "write it in KEY now", True),
        ("in|using _", "KEY in it", False),
        ("in the? _", "in KEY", True),
        ("in the? _", "in the KEY", True),
        ("in the? _", "in a KEY", False),
        ("in * _", "in any KEY", True),
        ("in * _", "in KEY", False),
        ("in *? *? _", "in a very KEY", True),
        ("_ * up", "KEY it up", True),
        ("_ to", "KEY. To do", False),
        ("in _", "Come in. KEY it", False),
        ("the _ page", "the KEY page", True),
        ("the _ page", "a KEY page", False),
    ],
)
def test_patterns(pattern: str, text: str, wanted: bool) -> None:
    """Words, alternatives, missing and any words fit within a sentence, and only there."""
    words = split(text)
    place = next(number for number, word in enumerate(words) if word.text == "KEY")
    assert wanted is fits((pattern,), words, place, place + 1)
