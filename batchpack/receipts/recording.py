"""Writing receipts for a batch: only the holder of a claim begins an act, and each receipt reaches its task's body."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path

from batchpack.errors import UsageError
from batchpack.files import locked
from batchpack.queue import database, rows
from batchpack.queue.claiming import limits
from batchpack.receipts import bodies, undoing
from batchpack.receipts.acts import Act, fold
from batchpack.receipts.book import Book, Damaged
from batchpack.receipts.checking import Report, check, read
from batchpack.receipts.undoing import Undone
from batchpack.receipts.values import Draft, Receipt, Refused

TEXT_LIMIT = 4000
"""The longest text of a receipt, in characters; a state may be longer."""
UNDO_LOCK, UNDO_WAIT_SECONDS = ".undo.lock", 1.0


def append(folder: Path, draft: Draft) -> Receipt:
    """Write a receipt into the book of a batch and into its task's body; on return both are on disk.

    The receipt before an act is refused when the claim is not the present one: another worker may be at the item.
    The one after it is never refused for that, since what was done was done. Bodies that lag behind the book, because
    a crash came between the two, are brought up to it.
    """
    _check_texts(draft)
    with _held(folder) as (book, connection):
        if draft.phase == "before" and not draft.undoes:
            _check_claim(connection, draft)
        receipt = book.append_held(draft)
        _catch_up(book, connection)
    return receipt


@contextmanager
def _held(folder: Path) -> Iterator[tuple[Book, sqlite3.Connection]]:
    """Hold the book of a batch, whose end is where its batch knows it to be."""
    book = Book(folder)
    with database.opened(folder / database.NAME) as connection, book.locked():
        known, last = bodies.mark(connection), book.last()
        if known.seq > (last.seq if last else 0):
            raise Damaged(book.path, f"it had {known.seq} receipts and was cut")
        yield book, connection


def _catch_up(book: Book, connection: sqlite3.Connection) -> None:
    """Write into the bodies what they do not have yet, usually one receipt."""
    known = bodies.mark(connection)
    newer = list(takewhile(lambda one: one.seq > known.seq, book.backwards()))
    bodies.follow(connection, reversed(newer))


def _check_claim(connection: sqlite3.Connection, draft: Draft) -> None:
    """Refuse to begin an act on a task that is not claimed with this token; raises StaleClaim or Refused."""
    if not draft.task:
        return
    if draft.token is None:
        raise UsageError(
            f"an act of task {draft.task} needs its claim", "give the --token that your claim was answered with"
        )
    held = rows.working(connection, draft.task, draft.token)
    if held.status != "claimed":
        raise Refused(
            f"your claim of {held.id} ran out, and anybody may take it now: do not carry the act out",
            f"renew it first: batchpack items heartbeat {held.id} --token {draft.token}",
        )


def _check_texts(draft: Draft) -> None:
    """Refuse texts that are too long, and words that no program can be started with."""
    texts = {"what": draft.what, "task": draft.task, "item": draft.item, "worker": draft.worker}
    texts |= {"locator": draft.locator, "detail": draft.detail, "undo": " ".join(draft.undo)}
    if long := [name for name, text in texts.items() if len(text) > TEXT_LIMIT]:
        raise UsageError(f"{long[0]} has more than {TEXT_LIMIT} characters", "shorten it")
    if draft.phase == "before" and not draft.what:
        raise UsageError("the receipt does not say what is to be done", "add --what, as in --what archive")
    if draft.phase == "after" and not draft.result:
        raise UsageError("the receipt does not say how the act ended", "add --result done, failed or skipped")
    if draft.undo and (not draft.undo[0] or any("\0" in word for word in draft.undo)):
        raise UsageError("the undo command is none that can be run", "give a program and its words")


def verify(folder: Path, head: str | None = None) -> Report:
    """Verify the book of a batch, and that it holds every receipt that the batch's file and its bodies speak of.

    `head` is the hash of a receipt that somebody noted earlier, out of reach of whoever writes here.
    """
    book = Book(folder)
    with database.opened(folder / database.NAME) as connection:
        known, said = bodies.mark(connection), list(bodies.told(connection))
    report = check(book.path)
    hashes = {receipt.seq: receipt.hash for receipt in read(book.path, Report())}
    if known.seq and hashes.get(known.seq) != known.hash:
        report.fault(f"receipt {known.seq}, which was written, is not in the book: it was cut or written anew")
    for task, seq, found in said:
        if hashes.get(seq) != found:
            report.fault(f"the body of task {task} speaks of a receipt {seq} that is not in the book")
    if head is not None and head not in hashes.values():
        report.fault(f"no receipt has the hash {head[:80]}: the book was cut or written anew since it was noted")
    return report


def check_undo(folder: Path, *, late: bool = False) -> None:
    """Raise BatchpackError when acts of a batch cannot be taken back: receipts tampered with, or the time over."""
    report = verify(folder)
    if not report.is_whole:
        raise Refused(
            f"the receipts were tampered with, so no undo command in them is run: {report.faults[0]}",
            "see all that is wrong: batchpack receipts verify",
        )
    if not late:
        with database.opened(folder / database.NAME) as connection:
            ended, window = bodies.ended(connection), timedelta(days=limits(connection).undo_days)
        undoing.check_window(ended, window, datetime.now(UTC))


def undo(folder: Path, acts: Iterable[Act], cwd: Path, worker: str) -> Iterator[Undone]:
    """Take acts of a batch back, as `undoing.run`; those that somebody else took back meanwhile are left out.

    One at a time does it: raises Busy while another one is at it.
    """
    with locked(folder / UNDO_LOCK, "taking acts back", wait=UNDO_WAIT_SECONDS):
        found = fold(read(Book(folder).path, Report()))
        same = [act for act in acts if found[act.id].standing == act.standing]
        yield from undoing.run(partial(append, folder), same, cwd, worker)
