"""Approvals: a person's yes to what was judged, bound to the hash of exactly that."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import bodies
from batchpack.items.manifest import added, recount
from batchpack.queue import batches

How = Literal["asked", "hash", "ahead"]
SHORT = 12
"""So many digits of a hash are shown and taken: enough that nobody meets them by chance."""
_JUDGED = """SELECT item.id, item.sha256, record.disposition, record.category, record.data
    FROM item LEFT JOIN record ON record.item = item.id WHERE item.chunk BETWEEN :first AND :last
    ORDER BY item.chunk, item.seq"""


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes: to which chunk (None: the whole batch), to which hash, how it was given, by whom, when.

    `ahead` was given before anything was judged: it is bound to the manifest and holds for all that is judged of it.
    """

    chunk: int | None
    hash: str
    how: How
    by: str
    at: str


class NotApproved(BatchpackError):
    """A bulk act that nobody said yes to, or that is another one than the one that was agreed to."""

    def __init__(self, chunk: int | None, batch: str, *, changed: bool) -> None:
        what = "this batch" if chunk is None else f"chunk {chunk}"
        why = "what was judged of it changed since it was approved" if changed else "nobody approved it"
        named = ("" if chunk is None else f" --chunk {chunk}") + f" --batch {batch}"
        super().__init__(
            f"{what} is not approved: {why}; no bulk act may be done",
            f"show a person: batchpack items summary{named}\n  then: batchpack items approve{named}",
        )


def fingerprint(connection: sqlite3.Connection, chunk: int | None = None) -> str:
    """Return the hash of the manifest and of what was judged of a chunk's items, or of all."""
    _check(connection, chunk)
    hashed = sha256(f"{added(connection).manifest}\t{chunk}\n".encode())
    for row in connection.execute(_JUDGED, {"first": chunk or 0, "last": chunk or 1 << 62}):
        hashed.update(json.dumps(list(row)).encode() + b"\n")
    return hashed.hexdigest()


def every(connection: sqlite3.Connection) -> list[Approval]:
    """Return all approvals, oldest first."""
    found = batches.get(connection, "approvals", [])
    return [Approval(**one) for one in found] if isinstance(found, list) else []


def give(connection: sqlite3.Connection, approval: Approval) -> None:
    """Write an approval down, within a transaction of the caller's; raises UsageError for another hash than today's."""
    ahead = approval.how == "ahead"
    present = _manifest(connection) if ahead else fingerprint(connection, approval.chunk)
    if len(approval.hash) < SHORT or not present.startswith(approval.hash):
        raise UsageError(
            f"{approval.hash[:80]!r} is not the hash of what stands there now, {present[:SHORT]}",
            "look at it again: batchpack items summary; then approve what you saw",
        )
    whole = Approval(approval.chunk, present, approval.how, approval.by, approval.at)
    batches.put(connection, "approvals", [asdict(one) for one in (*every(connection), whole)])


def find(connection: sqlite3.Connection, chunk: int | None = None) -> Approval:
    """Return the approval that a bulk act on a chunk, or on the whole batch, rests on; raises NotApproved."""
    given = every(connection)
    present, manifest = fingerprint(connection, chunk), added(connection).manifest
    whole = fingerprint(connection) if chunk is not None and any(one.chunk is None for one in given) else present
    for one in reversed(given):
        covers = one.chunk in (None, chunk)
        if covers and one.hash == (manifest if one.how == "ahead" else whole if one.chunk is None else present):
            return one
    raise NotApproved(chunk, bodies.beside(connection).name, changed=any(one.chunk in (None, chunk) for one in given))


def _manifest(connection: sqlite3.Connection) -> str:
    """Return the manifest's hash, after the items were held against it."""
    manifest = added(connection).manifest
    if recount(connection) != manifest:
        raise BatchpackError("the items are not those that were added", "add them to a new batch")
    return manifest


def _check(connection: sqlite3.Connection, chunk: int | None) -> None:
    """Refuse a chunk that there is none of."""
    if chunk is not None and connection.execute("SELECT 1 FROM chunk WHERE number = ?", (chunk,)).fetchone() is None:
        raise UsageError(f"there is no chunk {chunk} in this batch", "see them: batchpack items chunks")
