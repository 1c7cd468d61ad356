"""What could not be read, told once."""

from __future__ import annotations

from batchpack.collector import Complaint, Portion, Source
from batchpack.ledger import Ledger, Taking
from batchpack.ledger.complaints import MOST_REASONS
from tests.support.ledgers import put, used

SOURCE = Source("f", "1")


def test_one_reason_is_told_once_with_its_first_place(book: Ledger) -> None:
    """The rest is counted; another source, or another reason, is told."""
    portion = Portion((Complaint("torn", "line 3"), Complaint("torn", "line 9"), Complaint("odd")), {})
    (first,) = book.take_all([Taking("toy", SOURCE, portion, None)])
    (again,) = book.take_all([Taking("toy", SOURCE, portion, {})])
    (other,) = book.take_all([Taking("toy", Source("g", "1"), portion, None)])

    assert [2, 0, 2] == [len(taken.complaints) for taken in (first, again, other)]
    assert [("f", "torn", "line 3", 4), ("f", "odd", "", 2), ("g", "torn", "line 3", 2), ("g", "odd", "", 1)] == [
        (told.source, *told.complaint, told.times) for told in book.complaints()
    ]


def test_a_source_that_can_be_read_again_is_no_complaint(book: Ledger) -> None:
    """What stood against the whole source goes with its next reading to the end; what stood in it stays."""
    put(book, Complaint("torn"))
    assert book.failed("toy", SOURCE, "locked") is not None
    assert book.failed("toy", SOURCE, "locked") is None
    assert [("torn", False), ("locked", True)] == [(told.complaint.reason, told.whole) for told in book.complaints()]
    put(book, used())

    assert ["torn"] == [told.complaint.reason for told in book.complaints()]


def test_a_failure_leaves_the_cursor(book: Ledger) -> None:
    """How far a source was read stays; only where it was said so, it is not due before it changes."""
    put(book, used())
    book.failed("toy", Source("f", "7"), "locked")
    assert ("1", {"n": 1}) == book.cursor("toy", "f")
    book.failed("toy", Source("f", "8"), "broken", until_changed=True)
    assert ("8", {"n": 1}) == book.cursor("toy", "f")
    book.failed("toy", Source("g", "1"), "broken", until_changed=True)

    assert ("1", None) == book.cursor("toy", "g")
    assert book.take("toy", Source("g", "2"), Portion((used("k2"),), {}), None)


def test_a_source_full_of_reasons_is_cut_short(book: Ledger) -> None:
    """A thousand reasons of one source leave a few, and the last says that there were more."""
    put(book, *(Complaint(f"reason {number}") for number in range(1000)))

    found = book.complaints()
    assert (MOST_REASONS + 1, 1000 - MOST_REASONS) == (len(found), found[-1].times)
    assert "there is more that could not be read" == found[-1].complaint.reason


def test_a_reason_that_is_there_is_counted_however_many_there_are(book: Ledger) -> None:
    """What is told again is no new reason."""
    put(book, *(Complaint(f"reason {number}") for number in range(MOST_REASONS)))
    put(book, Complaint("reason 0"))

    assert (MOST_REASONS, 2) == (len(book.complaints()), book.complaints()[0].times)
