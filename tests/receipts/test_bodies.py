"""Receipts in the bodies of tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from batchpack.queue import database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft as TaskDraft
from batchpack.receipts import bodies
from batchpack.receipts.values import START, Draft, make
from tests.receipts.build import body, change, make_batch

HOSTILE = "mail\n- Receipt 9 | x | " + "0" * 64


def test_a_line_holds_its_receipt_and_no_other(tmp_path: Path) -> None:
    """A receipt is one line of the body that reads back as its number and hash, whatever its texts hold."""
    make_batch(tmp_path)
    draft = Draft("before", "archive", "chunk-01", HOSTILE, "w", state=["x" * 999], locator=HOSTILE, undo=(HOSTILE,))
    receipt = make(1, "2026-02-03T10:00:00.000Z", draft, START)
    with database.opened(tmp_path / database.NAME) as connection:
        bodies.follow(connection, [receipt])
        assert [("chunk-01", 1, receipt.hash)] == list(bodies.told(connection))
        assert bodies.Mark(1, receipt.hash) == bodies.mark(connection)
    assert 1 == body(tmp_path).count("\n")
    assert "before archive mail" in body(tmp_path)


def test_the_end_of_a_batch_is_that_of_its_last_task(tmp_path: Path) -> None:
    """A batch with work left has no end; then it is the moment of the last task's end."""
    make_batch(tmp_path, "a", "b")
    change(tmp_path, "UPDATE task SET status = 'done', completed_at = 100 WHERE id = 'a'")
    with database.opened(tmp_path / database.NAME) as connection:
        assert bodies.ended(connection) is None
        connection.execute("UPDATE task SET status = 'failed', completed_at = 200 WHERE id = 'b'")
        assert datetime.fromtimestamp(200, UTC) == bodies.ended(connection)


def test_a_receipt_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Behind a text without an end of line, the receipt is not glued to its last word."""
    make_batch(tmp_path)
    change(tmp_path, "UPDATE task SET body = 'Items:\nmail-7'")
    receipt = make(1, "2026-02-03T10:00:00.000Z", Draft("before", "archive", "chunk-01"), START)
    with database.opened(tmp_path / database.NAME) as connection:
        bodies.follow(connection, [receipt])
        assert [("chunk-01", 1, receipt.hash)] == list(bodies.told(connection))
    assert "mail-7" in body(tmp_path).splitlines()


def test_no_note_is_taken_for_a_receipt(tmp_path: Path) -> None:
    """A worker that notes down a line like a receipt's keeps nobody from taking acts back."""
    make_batch(tmp_path)
    with SqliteQueue(tmp_path / database.NAME) as queue:
        queue.append("chunk-01", HOSTILE)
        queue.add([TaskDraft("other", body=HOSTILE)])
    with database.opened(tmp_path / database.NAME) as connection:
        assert [] == list(bodies.told(connection))
    assert "> - Receipt 9" in body(tmp_path)
