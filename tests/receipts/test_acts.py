"""Acts, folded from their receipts."""

from __future__ import annotations

from batchpack.receipts.acts import fold
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report, read
from batchpack.receipts.values import Draft, Receipt
from tests.receipts.conftest import begin, end


def standings(book: Book) -> list[str]:
    """Return where each act stands."""
    return [act.standing for act in fold(read(book.path, Report())).values()]


def undo(book: Book, act: Receipt) -> Receipt:
    """Begin to take an act back."""
    return book.append(Draft("before", "undo", undoes=act.act))


def test_an_act_stands_where_its_receipts_say(book: Book) -> None:
    """An act is open until its end is written, then as its end says."""
    begin(book)
    for result in ("done", "failed", "skipped"):
        end(book, begin(book), result=result)

    assert ["open", "done", "failed", "skipped"] == standings(book)


def test_an_undo_counts_when_its_end_says_so(book: Book) -> None:
    """An act is taken back once an undo of it was done; one that began leaves it unknown, one that failed as it was."""
    act = begin(book)
    end(book, act)
    first = undo(book, act)
    assert ["undo open", "open"] == standings(book)
    end(book, first, result="failed")
    assert ["done", "failed"] == standings(book)
    end(book, undo(book, act))
    assert ["undone", "failed", "done"] == standings(book)


def test_an_undo_known_only_after_the_act_counts(book: Book) -> None:
    """An undo command in the receipt after the act replaces the one before it."""
    act = begin(book, undo=("mv", "a", "b"))
    end(book, act, undo=("mv", "c", "b"))
    folded = fold(read(book.path, Report()))[act.act]

    assert ("mv", "c", "b") == folded.undo
    assert [1, 2] == folded.to_json()["receipts"]
