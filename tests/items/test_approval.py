"""Approvals: a yes holds for exactly what was shown, until any of it changes."""

from __future__ import annotations

import sqlite3

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import approval
from batchpack.items.approval import Approval, How, NotApproved
from batchpack.items.manifest import added
from batchpack.items.records import Judgement
from batchpack.queue import database
from tests.items.conftest import record


def approve(connection: sqlite3.Connection, chunk: int | None, digest: str, how: How = "hash") -> None:
    """Give an approval."""
    with database.transaction(connection):
        approval.give(connection, Approval(chunk, digest, how, "anna", "2026-01-01T00:00:00.000Z"))


def test_a_yes_holds_until_something_changes(judged: sqlite3.Connection) -> None:
    """Bulk acts may be done once what stands there is approved, and no longer when it is judged anew."""
    with pytest.raises(NotApproved, match="chunk 1 is not approved: nobody approved it"):
        approval.find(judged, 1)
    approve(judged, 1, approval.fingerprint(judged, 1)[:12])
    assert ("anna", approval.fingerprint(judged, 1)) == (approval.find(judged, 1).by, approval.find(judged, 1).hash)
    with pytest.raises(NotApproved):
        approval.find(judged, 2)
    record(judged, "chunk-02", Judgement("i2"))
    assert approval.find(judged, 1)
    record(judged, "chunk-01", Judgement("i1", "done"))
    with pytest.raises(NotApproved, match="changed since it was approved"):
        approval.find(judged, 1)


def test_a_yes_to_all_covers_each_chunk(judged: sqlite3.Connection) -> None:
    """An approval of the batch covers its chunks, until anything in it changes."""
    approve(judged, None, approval.fingerprint(judged))

    assert [None, None] == [approval.find(judged).chunk, approval.find(judged, 1).chunk]
    record(judged, "chunk-02", Judgement("i2"))
    for chunk in (None, 1):
        with pytest.raises(NotApproved):
            approval.find(judged, chunk)


def test_a_yes_given_ahead(judged: sqlite3.Connection) -> None:
    """A yes given ahead is bound to the manifest and holds whatever is judged; it is recorded as such."""
    approve(judged, None, added(judged).manifest, "ahead")
    record(judged, "chunk-02", Judgement("i2"))

    assert ("ahead", "ahead") == (approval.find(judged).how, approval.find(judged, 2).how)


@pytest.mark.parametrize("digest", ["", "abc", "0" * 12, "0" * 64])
def test_another_hash_is_refused(judged: sqlite3.Connection, digest: str) -> None:
    """What was shown some time ago, or never, cannot be approved."""
    with pytest.raises(UsageError, match="is not the hash of what stands there now"):
        approve(judged, 1, digest)
    assert [] == approval.every(judged)


def test_other_items_are_not_approved(judged: sqlite3.Connection) -> None:
    """Items that were changed in the file are noticed before a yes ahead is taken; an unknown chunk is told."""
    judged.execute("UPDATE item SET sha256 = 'x' WHERE id = 'i0'")

    with pytest.raises(BatchpackError, match="not those that were added"):
        approve(judged, None, added(judged).manifest, "ahead")
    with pytest.raises(UsageError, match="no chunk 9"):
        approval.fingerprint(judged, 9)
