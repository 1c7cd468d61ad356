"""Receipts for people: each format holds every act, and no text in it becomes markup or a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from batchpack.errors import UsageError
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report, check, read
from batchpack.receipts.export import COLUMNS, render
from tests.receipts.conftest import begin, end

HOSTILE = '=HYPERLINK("http://x") | <script> \n# _x_ \u202e'


def exported(book: Book, name: str) -> str:
    """Return the book in a format."""
    return render(Path(name), read(book.path, Report()))


def test_lines_are_exported_as_they_are(book: Book, tmp_path: Path) -> None:
    """The .jsonl export is the book, byte for byte, and verifies by itself."""
    end(book, begin(book, HOSTILE))
    copy = tmp_path / "copy.jsonl"
    copy.write_text(exported(book, "copy.jsonl"))

    assert book.path.read_bytes() == copy.read_bytes()
    assert check(copy).is_whole


def test_a_table_has_a_row_an_act_and_no_formula(book: Book) -> None:
    """The .csv export reads back as one row an act, hostile cells made harmless."""
    begin(book, HOSTILE, undo=("mv", "a b", "c"), state={"folder": "IN"})
    rows = list(csv.DictReader(io.StringIO(exported(book, "x.csv"))))

    assert list(COLUMNS) == list(rows[0])
    assert [("mv 'a b' c", '{"folder": "IN"}', "open")] == [(r["undo"], r["state"], r["standing"]) for r in rows]
    assert rows[0]["item"].startswith("'=HYPERLINK")
    assert "\n" not in rows[0]["item"]


def test_markdown_holds_data_only(book: Book) -> None:
    """In the .md export an item's text opens no cell, no tag and no line."""
    begin(book, HOSTILE)
    lines = exported(book, "x.md").splitlines()

    assert 5 == len(lines)
    assert {len(COLUMNS) + 1} == {line.count("|") for line in lines[2:]}
    assert "<script>" not in lines[4]


def test_other_formats_are_refused(book: Book) -> None:
    """A name that ends otherwise is an error that names the formats."""
    with pytest.raises(UsageError, match=r"\.jsonl, \.csv or \.md"):
        exported(book, "x.pdf")
