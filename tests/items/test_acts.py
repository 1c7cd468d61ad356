"""Acts: made of what was approved, done with receipts."""

from __future__ import annotations

import sqlite3

import pytest

from batchpack import clock
from batchpack.errors import BatchpackError
from batchpack.items import acts, approval, bodies
from batchpack.items.acts import Act
from batchpack.items.approval import Approval, NotApproved
from batchpack.queue import database, rows
from batchpack.queue.rows import Refused
from batchpack.receipts import recording
from batchpack.receipts.values import Draft


def plan(connection: sqlite3.Connection, act: Act) -> list[str]:
    """Make the tasks of an act; returns their names."""
    with database.transaction(connection):
        return [one.id for one in acts.plan(connection, act)]


def approve(connection: sqlite3.Connection) -> None:
    """Approve what is judged of all."""
    with database.transaction(connection):
        approval.give(connection, Approval(None, approval.fingerprint(connection), "hash", "ada", clock.now()))


def test_nothing_is_acted_on_unapproved(judged: sqlite3.Connection) -> None:
    """Without an approval, and after what was judged changed, no task is made."""
    with pytest.raises(NotApproved):
        plan(judged, Act("archive", "Move it."))
    approve(judged)
    with database.transaction(judged):
        judged.execute("UPDATE record SET category = 'other'")
    with pytest.raises(NotApproved):
        plan(judged, Act("archive", "Move it."))


def test_tasks_hold_just_the_items_that_are_meant(judged: sqlite3.Connection) -> None:
    """A task a chunk lists what was judged done, of the categories asked for; others, and twins, are refused."""
    approve(judged)

    assert ["archive-01"] == plan(judged, Act("archive", "Move it.", ("fyi",)))
    task = rows.read(judged, "archive-01")
    assert ("task", 1, "archive: 1 item of chunk 1") == (task.kind, task.chunk, task.title)
    assert task.body.startswith("Approved act `archive` (approved by ada at ")
    assert task.body.endswith("Move it.\nItems, one a line:\ni0")
    with pytest.raises(BatchpackError, match="nothing to do"):
        plan(judged, Act("delete", "x", ("nothing",)))
    with pytest.raises(Refused, match="there already"):
        plan(judged, Act("archive", "Move it.", ("fyi",)))


def test_an_act_is_done_when_each_item_has_its_receipts(judged: sqlite3.Connection) -> None:
    """Until each item has a receipt of an end the task is not done; one that was cut off is told apart."""
    approve(judged)
    plan(judged, Act("archive", "Move it."))
    folder = bodies.beside(judged)
    judged.execute(
        "UPDATE task SET status = 'claimed', token = 1, attempts = 1, assignee = 'w' WHERE id = 'archive-01'"
    )
    with pytest.raises(Refused, match="1 item has no receipt of an end: i0"):
        acts.check(folder, "archive-01")
    act = recording.append(folder, Draft("before", "archive", "archive-01", "i0", "w", 1)).act
    assert {"i0"} == acts.cut_off(folder, "archive-01")
    recording.append(folder, Draft("after", act=act, result="done"))

    acts.check(folder, "archive-01")
    acts.check(folder, "chunk-01")
    assert ([], set()) == (acts.left(folder, "archive-01"), acts.cut_off(folder, "archive-01"))
