"""A refusal is one line, whatever it is about."""

from __future__ import annotations

import pytest

from batchpack.guard.refusal import LONGEST, Refused, shown


@pytest.mark.parametrize(
    "value", ["plain", "a\nb", "\x1b[2J", "\ud800", "é", "x" * 5000, "\u202e", "", None, ["a"], {}]
)
def test_values_are_shown_in_one_printable_line(value: object) -> None:
    """What came from outside cannot write lines or control a terminal."""
    said = shown(value)

    assert said.isprintable()
    assert len(said) <= 12 * LONGEST
    assert said[0] == said[-1] == "`"


def test_a_line_says_what_and_what_instead() -> None:
    """The part on what to do is left out where there is none."""
    assert "batchpack's guard: no" == Refused("no").line()
    assert "batchpack's guard: no; do this" == Refused("no", "do this").line()
