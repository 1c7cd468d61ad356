"""Checkpoints: counts by category with samples, and the hash that a yes is bound to."""

from __future__ import annotations

import sqlite3

from batchpack.items import approval, checkpoint
from batchpack.queue import database


def test_what_a_person_is_shown(judged: sqlite3.Connection) -> None:
    """Counts, a line on some items of each category with the reason, the hash, and the command to agree with."""
    found = checkpoint.of(judged, 1)
    lines = list(checkpoint.lines(found))

    assert ["Chunk 1: 2 of 2 items judged", "fyi: 1", "    i0  s0  (because)"] == [lines[0], *lines[3:5]]
    assert f"hash {found.hash[:12]}" == lines[-1]
    assert f"    batchpack items approve --chunk 1 --hash {found.hash[:12]} --batch b" in checkpoint.then(
        found, "--batch b"
    )
    assert (False, {"fyi", "(none)"}) == (found.approved, set(found.to_json()["samples"]))


def test_what_is_approved_says_so(judged: sqlite3.Connection) -> None:
    """Once it is approved, nothing is left to be run; the whole batch is another question."""
    with database.transaction(judged):
        approval.give(judged, approval.Approval(1, approval.fingerprint(judged, 1), "asked", "a", "t"))

    assert ["This is approved."] == checkpoint.then(checkpoint.of(judged, 1), "")
    assert "All: 2 of 6 items judged" == next(checkpoint.lines(checkpoint.of(judged, None)))
    assert not checkpoint.of(judged, None).approved
