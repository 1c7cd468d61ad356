"""Tables for people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as any_of

from batchpack.metrics import columns


def test_numbers_stand_at_the_right() -> None:
    """A column in which every value is a number, or the lack of one; names that begin with a digit are names."""
    rows = [["run", "took", "cost"], ["1e5a", "1 min 05 s", "$1,200.50+?"], ["20260102T", "0.5 s", "unknown"]]

    assert [
        "run              took         cost",
        "1e5a       1 min 05 s  $1,200.50+?",
        "20260102T       0.5 s      unknown",
    ] == columns.table(rows)


def test_a_narrow_window_folds_the_table() -> None:
    """What does not fit follows below with the first column again; no line is wider than the window."""
    rows = [["name", "first", "second", "third"], ["a", "1", "2", "3"]]

    assert ["name  first  second", "a         1       2", "", "name  third", "a         3"] == columns.table(rows, 19)
    assert ["name  first", "a         1", "", "name  second", "a          2"] == columns.table(rows, 18)[:5]


def test_a_column_wider_than_the_window_stands_alone() -> None:
    """At least one column stands beside the kept ones, however narrow the window is."""
    rows = [["name", "first", "second"], ["a", "1", "2"]]

    assert ["name  first", "a         1", "", "name  second", "a          2"] == columns.table(rows, 1)


def test_nothing_acts_upon_a_terminal() -> None:
    """Colours and hidden letters are taken out, long cells are cut, wide letters take two places."""
    rows = [["name", "next"], ["\x1b[31mred\x1b[0m\u202e", "x"], ["漢字", "x"], ["e\u0301", "x"], ["n" * 90, "x"]]

    lines = columns.table(rows)

    assert not any("\x1b" in line or "\u202e" in line for line in lines)
    assert {42} == {columns.wide(line[: line.rindex("x")]) for line in lines[1:]}


@given(
    any_of.lists(any_of.lists(any_of.text(max_size=30), min_size=3, max_size=3), min_size=1, max_size=5),
    any_of.integers(1, 200),
)
def test_whatever_stands_in_it_all_cells_are_there(rows: list[list[str]], window: int) -> None:
    """Each table has a line for each row, and none is wider than the window unless a single column is."""
    lines = columns.table(rows, window, keep=0)
    widest = max(columns.wide(line) for line in lines)

    assert 0 == (len(lines) + 1) % (len(rows) + 1)
    assert widest <= max(window, columns.LONGEST * 2)


def test_long_cells_are_cut_by_their_kind() -> None:
    """Of sentences and words the beginning stays, of paths the end, of numbers all; narrow windows cut more."""
    cells = ["a sentence that goes on " * 3, "/home/you/" + "project/" * 8, "1 min 05 s", "w" * 41]

    def shown(width: int | None) -> list[str]:
        return [columns.table([["head"], [cell]], width)[1].strip() for cell in cells]

    assert ["a sentence that goes on a sentence that…", "…" + ("project/" * 8)[-39:], cells[2], "w" * 39 + "…"] == (
        shown(None)
    )
    assert ["a sentence that goes on…", "…" + ("project/" * 8)[-23:], cells[2], "w" * 23 + "…"] == shown(40)
