"""The book: appended in a chain, by many at once, past what a crash tore, and shut when it was tampered with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batchpack.errors import UsageError
from batchpack.receipts import book as books
from batchpack.receipts.book import Book, Damaged
from batchpack.receipts.checking import check
from batchpack.receipts.values import Draft, Refused
from tests.receipts.conftest import begin, end

WRITERS, EACH = 16, 12
WRITER = """
import sys
from pathlib import Path
from batchpack.receipts.book import Book
from batchpack.receipts.values import Draft
book = Book(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    begun = book.append(Draft("before", "archive", "chunk-01", f"{sys.argv[2]}-{number}", state="x" * 5000))
    book.append(Draft("after", act=begun.act, result="done"))
"""


def test_receipts_follow_each_other(book: Book) -> None:
    """Each receipt has the next number and names the hash of the one before; the end repeats what the act is."""
    before = begin(book, state={"folder": "INBOX"}, undo=("mv", "a", "b"))
    after = end(book, before, detail="moved")

    assert (1, 2) == (before.seq, after.seq)
    assert before.hash == after.previous
    assert ("archive", "chunk-01", "mail-1", "worker-1", ("mv", "a", "b")) == (
        after.draft.what, after.draft.task, after.draft.item, after.draft.worker, after.draft.undo,
    )  # fmt: skip
    assert check(book.path).is_whole


def test_an_end_said_twice_is_written_once(book: Book) -> None:
    """The same end again is answered with the first receipt; another end of the same act is refused."""
    before = begin(book)
    after = end(book, before)

    assert after.seq == end(book, before).seq
    with pytest.raises(Refused, match="has ended already: done"):
        end(book, before, result="failed")
    assert 2 == check(book.path).receipts


def test_an_end_needs_a_beginning(book: Book) -> None:
    """The end of an act that never began here, or that has no name, is refused."""
    begin(book)
    with pytest.raises(Refused, match="has begun"):
        book.append(Draft("after", act="0123456789ab", result="done"))
    with pytest.raises(UsageError, match="is no act"):
        book.append(Draft("after", act="../../x", result="done"))


def test_a_torn_end_is_passed_over_and_told(book: Book) -> None:
    """What a crash cut off at any place does not hinder the next receipt, and verifying tells its line."""
    for cut in (1, 40, 300):
        begin(book)
        whole = book.path.read_bytes()
        begin(book)
        book.path.write_bytes(whole + book.path.read_bytes()[len(whole) :][:cut])
        begin(book)
    report = check(book.path)

    assert [2, 5, 8] == report.torn
    assert (6, True) == (report.receipts, report.is_whole)


def test_a_changed_last_receipt_stops_the_book(book: Book) -> None:
    """Nothing is chained to a receipt that somebody changed."""
    begin(book)
    book.path.write_bytes(book.path.read_bytes().replace(b"mail-1", b"mail-2"))

    with pytest.raises(Damaged, match="not as it was written") as caught:
        begin(book)
    assert "batchpack receipts verify" in caught.value.hint


def test_acts_are_found_across_blocks(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act is found from the end backwards, wherever the borders of what is read at once fall."""
    acts = [begin(book, f"mail-{number}") for number in range(20)]
    ends = [end(book, one) for one in acts[::2]]
    for size in (7, 100, 1000, 100_000):
        monkeypatch.setattr(books, "BLOCK", size)
        assert [(one.seq, None) for one in acts[1::2]] == [_seqs(book, one.act) for one in acts[1::2]]
        pairs = zip(acts[::2], ends, strict=True)
        assert [(one.seq, last.seq) for one, last in pairs] == [_seqs(book, one.act) for one in acts[::2]]


def _seqs(book: Book, act: str) -> tuple[int | None, int | None]:
    """Return the numbers of an act's receipts."""
    before, after = book.find(act)
    return before.seq if before else None, after.seq if after else None


def test_sixteen_processes_at_once_keep_every_line_whole(tmp_path: Path) -> None:
    """Receipts of many writers at once are all there, whole, and in one chain."""
    words = [sys.executable, "-c", WRITER, str(tmp_path)]
    children = [subprocess.Popen([*words, f"w{number}", str(EACH)]) for number in range(WRITERS)]
    assert [0] * WRITERS == [child.wait(timeout=120) for child in children]
    report = check(Book(tmp_path).path)

    assert ([], [], 0) == (report.faults, report.torn, report.open)
    assert 2 * WRITERS * EACH == report.receipts
