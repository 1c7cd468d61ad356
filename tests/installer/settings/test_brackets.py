"""Members between brackets."""

from __future__ import annotations

import re

import pytest

from batchpack.installer.settings.brackets import Brackets, add, indent_unit, remove

SKIP = re.compile(r"//[^\n]*|\n|[^\S\n]+")


def box(text: str) -> Brackets:
    """Find one-letter members between the outer brackets of a text."""
    bare = re.sub(r"//[^\n]*", lambda match: " " * len(match.group()), text)
    start, end = text.index("["), bare.rindex("]") + 1
    members = [(match.start(), match.end()) for match in re.finditer("[a-z]", bare) if start < match.start() < end]
    return Brackets(start, end, members, SKIP)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a]", "[a, N]"),
        ("[a,]", "[a, N,]"),
        ("[ a , b ]", "[ a , b, N ]"),
        ("[\n  a\n]", "[\n  a,\n  N\n]"),
        ("[\n\ta, // x ]\n\tb // y,\n]", "[\n\ta, // x ]\n\tb, // y,\n\tN\n]"),
        ("[\n  a,\n]", "[\n  a,\n  N,\n]"),
        ("x [] y", "x [N] y"),
        ("x: [ // why\n]", "x: [ // why\n  N\n]"),
    ],
)
def test_a_member_is_added_in_the_manner_of_the_others(before: str, after: str) -> None:
    """On their line or on one of its own, with a trailing comma where there was one."""
    assert after == add(before, box(before), "N", "N")


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        ("[a]", 0, "[]"),
        ("[a, b]", 0, "[ b]"),
        ("[a, b]", 1, "[a]"),
        ("[a, b,]", 1, "[a,]"),
        ("[\n  a,\n  b\n]", 1, "[\n  a\n]"),
        ("[\n  a,\n  b\n]", 0, "[\n  b\n]"),
        ("[\n  a, // x\n  b\n]", 1, "[\n  a // x\n]"),
        ("[\n  a\n]", 0, "[]"),
    ],
)
def test_a_member_is_removed_with_its_comma_and_line(before: str, at: int, after: str) -> None:
    """What is left is in the manner of before."""
    assert after == remove(before, box(before), at)


def test_the_step_of_a_document_is_that_of_its_first_indented_line() -> None:
    """Two blanks where no line is indented."""
    assert ["\t", "    ", "  "] == [indent_unit(text) for text in ("{\n\ta", "{\n    a\n  b", "{}")]
