"""Acts on what was judged: of what was approved alone, done when each item has its receipts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.items import acts, approval
from batchpack.items.acts import Act
from batchpack.items.approval import Approval, NotApproved
from batchpack.items.manifest import added
from batchpack.queue import claiming, database, ticks
from batchpack.queue.rows import Refused
from batchpack.queue.values import Draft as TaskDraft
from batchpack.receipts import recording
from batchpack.receipts.values import Draft


def planned(connection: sqlite3.Connection, act: Act) -> list[TaskDraft]:
    """Plan an act that is approved ahead."""
    with database.transaction(connection):
        digest = added(connection).manifest
        approval.give(connection, Approval(None, digest, "ahead", "anna", "2026-01-01T00:00:00.000Z"))
        return acts.plan(connection, act)


def test_nothing_is_planned_without_a_yes(judged: sqlite3.Connection) -> None:
    """What nobody approved becomes no task."""
    with pytest.raises(NotApproved):
        acts.plan(judged, Act("archive", "Archive it."))
    assert 3 == judged.execute("SELECT count(*) FROM task").fetchone()[0]


def test_only_items_that_were_judged_done_are_meant(judged: sqlite3.Connection) -> None:
    """Skipped ones, other chunks and other categories are left out; where none is left it is told."""
    made = planned(judged, Act("archive", "Archive it."))
    assert [("archive-01", 1)] == [(one.id, one.chunk) for one in made]
    assert "Archive it.\nItems, one a line:\ni0" == made[0].body.partition("):\n")[2]

    for none in (Act("x", "", ("task",)), Act("x", "", chunk=2)):
        with pytest.raises(BatchpackError, match="no item was judged so"):
            planned(judged, none)


def test_an_act_ends_with_a_receipt_an_item(judged: sqlite3.Connection) -> None:
    """Its task is not done before each item has a receipt of its end; other tasks are not asked for any."""
    folder = Path(judged.execute("PRAGMA database_list").fetchone()["file"]).parent
    planned(judged, Act("archive", "Archive it."))
    acts.check(folder, "chunk-01")
    with database.transaction(judged):
        token = claiming.claim_one(judged, ticks.now(), "w", 600.0, "archive-01", None).token
    before = Draft("before", what="archive", task="archive-01", item="i0", worker="w", token=token)
    begun = recording.append(folder, before)
    with pytest.raises(Refused, match="1 item has no receipt of an end: i0"):
        acts.check(folder, "archive-01")
    recording.append(folder, Draft("after", act=begun.act, result="done"))

    acts.check(folder, "archive-01")
