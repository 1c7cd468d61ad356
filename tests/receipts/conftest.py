"""A fresh book, and an act in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchpack.receipts.book import Book
from batchpack.receipts.values import Draft, Receipt


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Make a folder for a book."""
    return Book(tmp_path)


def begin(book: Book, item: str = "mail-1", **more: Any) -> Receipt:
    """Write the receipt before an act."""
    return book.append(Draft("before", "archive", "chunk-01", item, "worker-1", **more))


def end(book: Book, begun: Receipt, **more: Any) -> Receipt:
    """Write the receipt after an act."""
    return book.append(Draft("after", act=begun.act, **{"result": "done", **more}))
