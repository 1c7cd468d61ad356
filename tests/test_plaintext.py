"""Texts of others: shown without what hides or moves, cut to a line or a tail, and framed by marks of their own."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from batchpack.plaintext import CONTROL, cell, clean, line, mark, tail


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    """No control character, no turn of direction and no half of a pair is left; what is clean stays as it is."""
    assert not CONTROL.search(clean(text))
    assert clean(text) == clean(clean(text))
    clean(text).encode()


@given(st.text(), st.integers(1, 50))
def test_a_line_is_one_line(text: str, most: int) -> None:
    """However long and broken a text is, its line has no breaks and at most so many characters."""
    assert len(line(text, most)) <= most
    assert len(line(text, most).splitlines()) <= 1


def test_a_cell_is_no_formula() -> None:
    """What a spreadsheet would run gets an apostrophe before it, all else stays."""
    assert ["'=1", "'+1", "'-1", "'@a", "'\t=1", "'\r=1", "a=1", ""] == [
        cell(text) for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1", "a=1", "")
    ]


def test_colours_are_taken_out_of_a_line() -> None:
    """What a terminal would take for colour or a title is no part of a line."""
    assert "1 failed" == line("\x1b[31m1 failed\x1b[0m\x1b]0;title\x07")


@given(st.text())
def test_a_mark_is_never_in_its_text(text: str) -> None:
    """The line around a text does not occur in it, and is the same each time."""
    assert mark(text) not in text
    assert mark(text) == mark(text)


def test_a_tail_begins_at_a_line(tmp_path: Path) -> None:
    """Of a long file the last whole lines are shown; of none, nothing."""
    (tmp_path / "o").write_text("".join(f"line {number}\n" for number in range(1000)))

    assert "line 998\nline 999" == tail(tmp_path / "o", lines=2)
    assert "line 999" == tail(tmp_path / "o", size=12)
    assert "" == tail(tmp_path / "none")
