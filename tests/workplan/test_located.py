"""YAML with the line of every value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.errors import BrokenFile
from batchpack.workplan.located import parse

FILE = Path("p.yaml")


def test_values_keep_their_lines_and_their_writing() -> None:
    """A number is the text as it stands there, and each value knows its line."""
    node = parse("a: 007\nb:\n  - x\n  - 'null'\nc: null\n", FILE)
    (_, first), (_, second), (_, third) = node.entries

    assert ("007", 1) == (first.text, first.line)
    assert [("x", 3), ("null", 4)] == [(item.text, item.line) for item in second.items]
    assert [False, False, True] == [second.items[0].is_nothing, second.items[1].is_nothing, third.is_nothing]


def test_anchors_stand_for_their_value() -> None:
    """An alias is the value that was named above."""
    node = parse("a: &x [1]\nb: *x\n", FILE)

    assert node.entries[0][1] is node.entries[1][1]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: *x\n", 2, "nothing above"),
        ("a: 1\n---\nb: 1\n", 2, "second document"),
        ("!!python/object/apply:os.system [id]", 1, "no meaning"),
        ("[" * 3_000_000, 1, "in each other"),
        ("{a: " * 500_000, 1, "in each other"),
        ("- " * 500_000, 1, "in each other"),
        ("a: [1\n", 2, "broken YAML"),
        ("a:\n\t- b\n", 2, "broken YAML"),
        ("a: \x07", 1, "broken YAML"),
        ('a: "\\ud800"', 1, "broken YAML"),
    ],
)
def test_what_is_no_plan_is_told_with_its_line(text: str, line: int, word: str) -> None:
    """Broken and hostile texts are refused at once; no depth ends the process."""
    with pytest.raises(BrokenFile, match=word) as caught:
        parse(text, FILE)
    assert caught.value.line in {line, None}


def test_a_bomb_of_aliases_stays_small() -> None:
    """Aliases of aliases are one value each, however often they stand for each other."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 300))]

    assert 300 == len(parse("\n".join(lines), FILE).entries)


@given(st.text(max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    """Any text is a value or a BrokenFile."""
    try:
        kind: str = parse(text, FILE).kind
    except BrokenFile as error:
        kind = error.reason
    assert kind
