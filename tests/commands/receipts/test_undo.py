"""`receipts undo`: shown first, run after a yes, within the window, never from a book that was tampered with."""

from __future__ import annotations

import time

from batchpack.queue import database
from tests.commands.receipts.conftest import Desk


def test_acts_are_shown_then_taken_back(desk: Desk) -> None:
    """Without a person or --yes commands are only shown; with it they run, the last first, and are in the body."""
    acts = [desk.move(name) for name in ("a", "b")]
    shown = desk.receipts("undo").assert_failed("nobody is there to be asked", code=2).out
    assert [f"{acts[1]}  archive b", "    mv new/b b"] == shown.splitlines()[:2]
    assert shown == desk.receipts("undo", "--dry-run").assert_ok().out
    assert not (desk.project.folder / "a").exists()
    assert "2 of 2 acts taken back." in desk.receipts("undo", "--yes").assert_ok().out

    assert {"a", "b"} <= {path.name for path in desk.project.folder.iterdir()}
    assert "Nothing to take back." in desk.receipts("undo", "--yes").assert_ok().out
    desk.receipts("verify").assert_ok()
    with desk.queue() as queue:
        assert f"undoes {acts[0]}" in queue.get("chunk-01").body


def test_one_act_by_name(desk: Desk) -> None:
    """Named acts are taken back alone; a name that is none is told."""
    acts = [desk.move(name) for name in ("a", "b")]
    facts = desk.receipts("undo", acts[0], "--yes", "--json").json()

    assert (1, 0, [acts[0]]) == (facts["undone"], facts["failed"], [one["act"] for one in facts["acts"]])
    assert "undone" == desk.acts()[0]["standing"]
    desk.receipts("undo", "0123456789ab", "--yes").assert_failed("there is no act", code=2)


def test_a_failure_is_told_and_the_others_go_on(desk: Desk) -> None:
    """A command that fails is told with its reason, the others are run, and the exit code is 1."""
    desk.move("a")
    desk.move("b")
    (desk.project.folder / "new/b").unlink()
    outcome = desk.receipts("undo", "--yes").assert_failed("new/b")

    assert "1 of 2 acts taken back." in outcome.out
    assert (desk.project.folder / "a").exists()


def test_the_window_begins_when_the_batch_ends(desk: Desk) -> None:
    """Thirty days after the last task's end an undo is refused, and --late does it all the same."""
    desk.move("a")
    with database.opened(desk.folder / database.NAME) as connection:
        long_ago = time.time() - 31 * 86_400
        connection.execute("UPDATE task SET status = 'done', completed_at = ?", (long_ago,))
    desk.receipts("undo", "--yes").assert_failed("the time to take acts of this batch back ended", code=2)
    desk.receipts("undo", "--yes", "--late").assert_ok()
    assert (desk.project.folder / "a").exists()


def test_nothing_is_run_from_a_tampered_book(desk: Desk) -> None:
    """When a receipt was changed, no undo command is run at all."""
    desk.move("a")
    book = desk.folder / "receipts.jsonl"
    book.write_text(book.read_text().replace('"new/a"', '"new/b"'))

    desk.receipts("undo", "--yes").assert_failed("the receipts were tampered with")
    assert (desk.project.folder / "new/a").exists()


def test_the_window_is_the_batchs(desk: Desk) -> None:
    """A batch may allow another number of days."""
    desk.move("a")
    with database.opened(desk.folder / database.NAME) as connection:
        connection.execute("UPDATE task SET status = 'done', completed_at = ?", (time.time() - 31 * 86_400,))
    desk.project.run("items", "limits", "--undo-days", "40").assert_ok()

    desk.receipts("undo", "--yes").assert_ok()
    assert (desk.project.folder / "a").exists()
