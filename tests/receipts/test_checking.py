"""Verifying: every way to tamper with a line is told with its number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.receipts.book import Book
from batchpack.receipts.checking import FAULTS_TOLD, check
from tests.receipts.conftest import begin, end

Lines = list[bytes]
TAMPERED: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "changed": (lambda a: [*a[:3], a[3].replace(b"mail-1", b"mail-9"), *a[4:]], "line 4: its hash does not fit"),
    "removed": (lambda a: [*a[:3], *a[4:]], "line 4: it does not follow on receipt 3"),
    "first removed": (lambda a: a[1:], "line 1: it does not follow on receipt 0"),
    "swapped": (lambda a: [a[0], a[2], a[1], *a[3:]], "line 2: it does not follow on receipt 1"),
    "doubled": (lambda a: [*a[:2], a[1], *a[2:]], "line 3: it does not follow on receipt 2"),
    "hidden as torn": (lambda a: [*a[:3], b"{torn\n", *a[4:]], "line 5: it does not follow on receipt 3"),
    "spaced": (lambda a: [a[0].replace(b":", b": "), *a[1:]], "line 1: it is not written as a receipt is"),
    "foreign": (lambda a: [*a[:2], b"[]\n", *a[2:]], "line 3: it is no receipt"),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_tampering_is_told_with_its_line(book: Book, way: str) -> None:
    """A line changed, removed, swapped, doubled, put in or hidden is told with its number."""
    for number in range(3):
        end(book, begin(book, f"mail-{number}"))
    tamper, told = TAMPERED[way]
    book.path.write_bytes(b"".join(tamper(book.path.read_bytes().splitlines(keepends=True))))
    report = check(book.path)

    assert not report.is_whole
    assert told in report.faults[0]


def test_acts_without_an_end_are_counted(book: Book) -> None:
    """An act whose end nobody wrote is no fault, and is told."""
    begin(book)
    end(book, begin(book))
    report = check(book.path)

    assert (3, 1, True) == (report.receipts, report.open, report.is_whole)
    assert report.head == book.last().hash  # type: ignore[union-attr]


def test_no_file_is_an_empty_book(tmp_path: Path) -> None:
    """Where no receipt was ever written nothing is wrong."""
    assert (0, True) == (check(tmp_path / "none").receipts, check(tmp_path / "none").is_whole)


def test_faults_are_counted_and_the_first_are_told(book: Book) -> None:
    """A file of rubbish is counted whole, but not told whole."""
    book.path.write_text("[]\n" * 100)
    report = check(book.path)

    assert (100, FAULTS_TOLD) == (report.faulty, len(report.faults))
