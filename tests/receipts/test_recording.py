"""Receipts of a batch: only by the holder of a claim, into the body too, after a crash at any place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, Busy, UsageError
from batchpack.files import locked
from batchpack.queue.rows import StaleClaim, UnknownTask
from batchpack.receipts.acts import fold
from batchpack.receipts.book import Book, Damaged
from batchpack.receipts.checking import Report, read
from batchpack.receipts.recording import UNDO_LOCK, append, undo, verify
from batchpack.receipts.values import Draft, Receipt, Refused
from tests.receipts.build import body, change, make_batch

WORKER = """
import sys
from pathlib import Path
from batchpack.receipts.recording import append
from batchpack.receipts.values import Draft
for number in range(100_000):
    begun = append(Path(sys.argv[1]), Draft("before", "archive", "chunk-01", f"mail-{number}", "w", 1))
    print(begun.seq, flush=True)
    append(Path(sys.argv[1]), Draft("after", act=begun.act, result="done"))
"""


def begin(folder: Path, **more: Any) -> Receipt:
    """Write the receipt before an act of the claimed task."""
    facts: dict[str, Any] = {"what": "archive", "task": "chunk-01", "item": "mail-1", "worker": "worker-1", "token": 1}
    return append(folder, Draft("before", **(facts | more)))


def test_each_receipt_is_in_the_body_at_once(tmp_path: Path) -> None:
    """When a receipt is written, the body of its task has it as a line."""
    make_batch(tmp_path)
    before = begin(tmp_path)
    assert [before.hash] == [line[-64:] for line in body(tmp_path).splitlines()]
    after = append(tmp_path, Draft("after", act=before.act, result="failed", detail="no such folder"))

    assert [before.hash, after.hash] == [line[-64:] for line in body(tmp_path).splitlines()]
    assert "failed | no such folder" in body(tmp_path)
    assert verify(tmp_path).is_whole


def test_only_the_holder_of_the_claim_begins_an_act(tmp_path: Path) -> None:
    """Without the present token no act begins; the end of one that began is written even when the claim was lost."""
    make_batch(tmp_path)
    begun = begin(tmp_path)
    change(tmp_path, "UPDATE task SET token = 2, assignee = 'worker-2'")
    with pytest.raises(StaleClaim, match="worker-2 has it now"):
        begin(tmp_path)
    with pytest.raises(UsageError, match="needs its claim"):
        begin(tmp_path, token=None)
    with pytest.raises(UnknownTask, match="there is no task"):
        begin(tmp_path, task="chunk-99")
    assert 2 == append(tmp_path, Draft("after", act=begun.act, result="done")).seq
    change(tmp_path, "UPDATE task SET status = 'pending', assignee = NULL, lost_by = 'worker-2'")
    with pytest.raises(Refused, match="ran out, and anybody may take it"):
        begin(tmp_path, token=2)
    assert 2 == verify(tmp_path).receipts


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (Draft("before"), "does not say what"),
        (Draft("after", act="0123456789ab"), "how the act ended"),
        (Draft("before", "x" * 5000), "more than 4000 characters"),
        (Draft("before", "archive", undo=("",)), "none that can be run"),
        (Draft("before", "archive", undo=("mv", "a\0b")), "none that can be run"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(tmp_path: Path, draft: Draft, told: str) -> None:
    """A receipt without its act or result, with a text too long or an undo that cannot be run, is not written."""
    make_batch(tmp_path)
    with pytest.raises(BatchpackError, match=told):
        append(tmp_path, draft)
    assert not Book(tmp_path).path.exists()


def test_bodies_catch_up_after_a_crash_between(tmp_path: Path) -> None:
    """A receipt that a crash kept from its body is in it with the next one."""
    make_batch(tmp_path)
    begun = begin(tmp_path)
    Book(tmp_path).append(Draft("after", act=begun.act, result="done"))
    begin(tmp_path)

    assert 3 == len(body(tmp_path).splitlines())
    assert verify(tmp_path).is_whole


def test_a_cut_book_is_seen(tmp_path: Path) -> None:
    """Receipts cut from the end, or a book written anew, are told, and nothing is written to them."""
    make_batch(tmp_path)
    begin(tmp_path)
    first = Book(tmp_path).path.read_bytes()
    begin(tmp_path)
    Book(tmp_path).path.write_bytes(first)
    with pytest.raises(Damaged, match="it had 2 receipts and was cut"):
        begin(tmp_path)
    faults = verify(tmp_path).faults
    assert ["receipt 2, which was written, is not in the book: it was cut or written anew"] == faults[:1]
    assert "the body of task chunk-01 speaks of a receipt 2 that is not in the book" in faults
    Book(tmp_path).path.unlink()
    for _ in range(2):
        Book(tmp_path).append(Draft("before", "forged", "chunk-01"))
    assert not verify(tmp_path).is_whole


def test_killed_at_any_moment_nothing_said_is_lost(tmp_path: Path) -> None:
    """Whatever a killed worker was told is written stands in the book and, with the next receipt, in the body."""
    make_batch(tmp_path)
    told = 0
    for number in range(6):
        child = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        child.stdout.readline()
        time.sleep(0.005 * number)
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        told = max([told, *map(int, rest)])
    last = begin(tmp_path)
    report = verify(tmp_path)

    assert report.is_whole, report.faults
    assert told < last.seq == report.receipts == len(body(tmp_path).splitlines())


def test_two_never_take_the_same_act_back(tmp_path: Path) -> None:
    """Whoever planned the same before it was taken back runs nothing, and nobody begins while another is at it."""
    make_batch(tmp_path)
    begun = begin(tmp_path, undo=("touch", "undone"))
    append(tmp_path, Draft("after", act=begun.act, result="done"))
    planned = list(fold(read(Book(tmp_path).path, Report())).values())
    with locked(tmp_path / UNDO_LOCK, "a test"), pytest.raises(Busy):
        next(undo(tmp_path, planned, tmp_path, "ada"))

    assert ["done"] == [one.result for one in undo(tmp_path, planned, tmp_path, "ada")]
    assert [] == list(undo(tmp_path, planned, tmp_path, "bob"))
