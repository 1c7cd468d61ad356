"""Sessions and marks, one by one."""

from __future__ import annotations

from batchpack.collector import Mark, Session
from batchpack.ledger import Ledger, Where
from tests.support.ledgers import HAIKU, ONE, T, counts, put, used

PART = Session("toy", "s1", "p", parent="s1", call="c", agent="a")


def test_each_part_of_a_session_has_its_sums_and_times(book: Ledger) -> None:
    """Models are added up, times are those of the first and the last request."""
    put(book, used("a", at=T + 9, input=1), used("b", at=T + 2, model=HAIKU, input=2), used("c", PART, at=T, output=3))
    put(book, used("d", PART, at=0, output=1))

    rows = list(book.sessions())
    assert [("", T + 2, T + 9), ("p", T, T)] == [(row.session.part, row.first_at, row.last_at) for row in rows]
    assert {(): (2, 3, 0)} == counts([rows[0].sums])
    assert {(): (2, 0, 4)} == counts([rows[1].sums])
    assert [1, 1] == [row.sums.sessions for row in rows]
    assert [PART] == [row.session for row in book.sessions(Where(until=T + 1))]


def test_marks_are_told_once_in_their_order(book: Ledger) -> None:
    """The same mark told twice is one, and spans and sessions choose among them."""
    marks = [Mark(ONE, "begun", T), Mark(PART, "begun", T + 1), Mark(ONE, "ended", T + 2)]
    put(book, *reversed(marks), Mark(ONE, "never", 0))
    put(book, *marks)

    assert marks == list(book.marks())
    assert marks[1:2] == list(book.marks(Where(since=T + 1, until=T + 2)))
    assert [] == list(book.marks(Where(host="else")))
