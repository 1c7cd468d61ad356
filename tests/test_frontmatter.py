"""Front matter: what is written is read back, what is broken is told by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import frontmatter
from batchpack.errors import BrokenFile

PAGE = Path("page.md")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_is_read_back(matter: dict[str, object]) -> None:
    """Any mapping survives being written and read, with its order, before any body."""
    again, body = frontmatter.split(frontmatter.join(matter, "# Title\n\ntext"), PAGE)

    assert list(matter.items()) == list(again.items())
    assert "# Title\n\ntext\n" == body


def test_a_rule_in_the_body_stays_there() -> None:
    """Only the first two lines of three dashes are fences."""
    assert ({"a": 1}, "x\n---\ny\n") == frontmatter.split("---\na: 1\n---\n\nx\n---\ny\n", PAGE)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "must begin"),
        ("# Title\n", 1, "must begin"),
        ("---\na: 1\n", 2, "no closing"),
        ("---\n- a\n---\n", 2, "must be a mapping"),
        ("---\na: 1\nb: [\n---\n", 4, "broken YAML"),
        ("---\na: 1\nb: 2\na: 3\n---\n", 4, "stands twice"),
        ("---\na: !!python/object/apply:os.system [id]\n---\n", 2, "constructor"),
    ],
)
def test_what_is_broken_is_told_by_line(text: str, line: int, reason: str) -> None:
    """The error names the line, counted from the top of the file."""
    with pytest.raises(BrokenFile, match=reason) as caught:
        frontmatter.split(text, PAGE)

    assert line == caught.value.line
