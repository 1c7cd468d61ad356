"""`receipts show`: the acts, all or some."""

from __future__ import annotations

from tests.commands.receipts.conftest import Desk


def test_acts_are_shown_in_their_order(desk: Desk) -> None:
    """Each act is a line with what was done to what and how it is undone; an empty book says so."""
    assert "No acts.\n" == desk.receipts("show").assert_ok().out
    done, begun = desk.move("a"), desk.begin("b\x1b[2J\n")
    lines = desk.receipts("show").assert_ok().out.splitlines()

    assert [done, begun] == [line.split()[0] for line in lines]
    assert "archive  a  undo: mv new/a a" in lines[0]
    assert r"archive  b\x1b[2J\n" in lines[1]


def test_some_of_the_acts(desk: Desk) -> None:
    """Acts are chosen by item, by task, by whether their end is missing, and from the end."""
    done, begun = desk.move("a"), desk.begin("b")

    assert [done] == [act["act"] for act in desk.acts("--item", "a")]
    assert [begun] == [act["act"] for act in desk.acts("--open")]
    assert [begun] == [act["act"] for act in desk.acts("--last", "1")]
    assert [] == desk.acts("--task", "chunk-02")
