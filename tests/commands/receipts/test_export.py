"""`receipts export`: to a file the user names."""

from __future__ import annotations

from tests.commands.receipts.conftest import Desk


def test_receipts_become_a_file(desk: Desk) -> None:
    """The file is written in the format of its name; one that is there stays unless it is to be replaced."""
    act = desk.move("a")
    desk.receipts("export", "out.md").assert_ok()
    text = (desk.project.folder / "out.md").read_text()
    assert act in text
    desk.receipts("export", "out.md").assert_failed("is there already", code=2)
    desk.receipts("export", "out.md", "--force").assert_ok()
    desk.receipts("export", "out.pdf").assert_failed(".jsonl, .csv or .md", code=2)
    assert text == (desk.project.folder / "out.md").read_text()


def test_a_tampered_book_is_exported_with_a_warning(desk: Desk) -> None:
    """What was changed is left out, and the exit code and a warning say so."""
    desk.move("a")
    book = desk.folder / "receipts.jsonl"
    book.write_text(book.read_text().replace('"mv"', '"rm"', 1))

    desk.receipts("export", "out.csv").assert_failed("the book was tampered with")
