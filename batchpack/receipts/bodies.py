"""Receipts in the bodies of their tasks, and the book's end in the batch's own file, so that a cut book is seen."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from batchpack.queue import batches, database
from batchpack.queue.values import RECEIPT
from batchpack.receipts.export import plain
from batchpack.receipts.values import START, Receipt

KEY = "receipts"
"""The key in `meta` under which the number and the hash of the last receipt stand."""
LINE = re.compile(rf"^{RECEIPT}(\d+) \| .* \| ([0-9a-f]{{64}})$", re.MULTILINE)
STATE_SHOWN = 200
OPEN = ("pending", "claimed")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the bodies follow the book: the number and the hash of the last receipt that they have."""

    seq: int = 0
    hash: str = START


def mark(connection: sqlite3.Connection) -> Mark:
    """Return how far the bodies follow the book."""
    found = batches.get(connection, KEY)
    return Mark(**found) if isinstance(found, dict) else Mark()


def follow(connection: sqlite3.Connection, receipts: Iterable[Receipt]) -> None:
    """Append receipts to the bodies of their tasks and move the mark, all or nothing."""
    with database.transaction(connection):
        last = None
        for last in receipts:
            connection.execute(
                """UPDATE task SET updated_at = ?,
                    body = body || CASE WHEN body = '' OR body LIKE '%' || char(10) THEN '' ELSE char(10) END || ?
                    WHERE id = ?""",
                (time.time(), f"{line(last)}\n", last.draft.task),
            )
        if last is not None:
            batches.put(connection, KEY, {"seq": last.seq, "hash": last.hash})


def line(receipt: Receipt) -> str:
    """Write a receipt as one line of a task's body."""
    said = receipt.draft
    state = "" if said.state is None else json.dumps(said.state, ensure_ascii=False)
    parts = [
        f"{said.phase} {said.what} {said.item}".strip(),
        said.result,
        said.detail,
        f"act {said.act}",
        f"undoes {said.undoes}" if said.undoes else "",
        f"was {state[:STATE_SHOWN]}{'…' if len(state) > STATE_SHOWN else ''}" if state else "",
        f"at {said.locator}" if said.locator else "",
        f"undo: {shlex.join(said.undo)}" if said.undo else "",
        f"by {said.worker}" if said.worker else "",
    ]
    told = " | ".join(plain(part) for part in parts if part)
    return f"{RECEIPT}{receipt.seq} | {receipt.at} | {told} | {receipt.hash}"


def told(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """List what the bodies say of receipts: the task, the receipt's number and its hash."""
    for row in connection.execute("SELECT id, body FROM task WHERE instr(body, ?)", (RECEIPT,)):
        for found in LINE.finditer(row["body"]):
            yield row["id"], int(found[1]), found[2]


def ended(connection: sqlite3.Connection) -> datetime | None:
    """Return when the last task of the batch ended; None while one is to be done, or where there are none."""
    marks = ", ".join("?" for _ in OPEN)
    row = connection.execute(
        f"SELECT max(completed_at) AS at, sum(status IN ({marks})) AS open FROM task",  # noqa: S608 - marks only
        OPEN,
    ).fetchone()
    return None if row["open"] or row["at"] is None else datetime.fromtimestamp(row["at"], UTC)
