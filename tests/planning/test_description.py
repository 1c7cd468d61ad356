"""The text as it arrives."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.planning.description import LIMIT, NotText, clean


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"Fix it"', "Fix it"),
        ("'Fix it'", "Fix it"),
        ("\u201cFix it\u201d", "Fix it"),
        ('""Fix it""', '"Fix it"'),
        ('"Fix" and "mend"', '"Fix" and "mend"'),
        ('"Call it "x" then"', 'Call it "x" then'),
        ("Don't 'fix'", "Don't 'fix'"),
        ("  Fix it \r\n now ", "Fix it \n now"),
        ("Fix \x1b[31m it\x07", "Fix  [31m it"),
        ("\ufeffFix it", "Fix it"),
    ],
)
def test_quotes_blanks_and_control_characters_go(text: str, wanted: str) -> None:
    """One pair of quotes around the whole, blanks around it, and control characters within are dropped."""
    assert wanted == clean(text)


@pytest.mark.parametrize("text", ["", "  \n", "...", '""', "?!", "\U0001f680\U0001f680", "___"])
def test_a_text_without_words_is_refused(text: str) -> None:
    """Nothing, blanks, marks and pictures say nothing."""
    with pytest.raises(UsageError):
        clean(text)


@pytest.mark.parametrize("text", ["a\0b", "caf\udce9"])
def test_what_is_no_text_is_refused(text: str) -> None:
    """Binary data and broken encodings are refused."""
    with pytest.raises(NotText):
        clean(text)


def test_too_long_a_text_is_refused() -> None:
    """The most is a hundred thousand characters; the hint says what to do with longer ones."""
    assert LIMIT == len(clean("a " * (LIMIT // 2 - 1) + "ab"))
    with pytest.raises(BatchpackError, match="100,001") as caught:
        clean("a" * (LIMIT + 1))
    assert "file" in caught.value.hint
