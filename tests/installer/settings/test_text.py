"""Bytes and texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.errors import BrokenFile
from batchpack.installer.settings.text import decode, place

PATH = Path("settings")


@given(st.text(alphabet="a\r\n\ufeff\té"), st.booleans())
def test_bytes_come_back(text: str, bom: bool) -> None:
    """Whatever the line ends and the byte order mark are."""
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    decoded = decode(data, PATH)
    assert data == decoded.encode(decoded.text)


def test_only_even_line_ends_are_made_plain() -> None:
    """A file with both kinds keeps them."""
    assert ["a\nb", "a\r\nb\n"] == [decode(data, PATH).text for data in (b"a\r\nb", b"a\r\nb\n")]


def test_what_is_no_text_is_told() -> None:
    """With its line."""
    with pytest.raises(BrokenFile, match="settings:2: it is not UTF-8"):
        decode(b"a\n\xff", PATH)


def test_places_count_from_one() -> None:
    """Also behind the end."""
    assert [(1, 1), (2, 1), (2, 3)] == [place("a\nbc", at) for at in (0, 2, 99)]
