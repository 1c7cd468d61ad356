"""What tests of batches share: one that is made of rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from batchpack.items import bulk, chunks, manifest, records, times
from batchpack.items.chunking import Rule
from batchpack.items.records import Judgement
from batchpack.items.shaping import Shape
from batchpack.items.sources import open_source
from batchpack.items.values import Rejects
from batchpack.queue import claiming, database, rows, ticks

Make = Callable[..., sqlite3.Connection]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return what makes a batch of rows and opens its file."""
    with ExitStack() as stack:

        def made(objects: list[dict[str, Any]], name: str = "b", rejects: Rejects | None = None) -> sqlite3.Connection:
            path = tmp_path / f"{name}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in objects))
            shape, put = Shape(), rejects or Rejects()
            found = bulk.blocks([open_source(path.name, tmp_path)], shape, put)

            def facts() -> dict[str, Any]:
                return {"fields": {"category": shape.category}, "declared": shape.declared}

            folder = manifest.make(tmp_path, name, found, put, facts)
            return stack.enter_context(database.opened(folder / database.NAME))

        yield made


@pytest.fixture
def judged(make: Make) -> sqlite3.Connection:
    """Return a batch of six items in chunks of two, of which the first is judged by the worker w."""
    connection = make([{"id": f"i{n}", "subject": f"s{n}", "category": "ab"[n % 2]} for n in range(6)])
    with database.transaction(connection):
        chunks.cut(connection, Rule("size", 2), times.zone("UTC"))
    record(connection, "chunk-01", Judgement("i0", category="fyi", rationale="because"), Judgement("i1", "skipped"))
    return connection


def record(connection: sqlite3.Connection, task: str, *judged: Judgement) -> None:
    """Claim a task unless it is claimed, and record what was judged."""
    now = ticks.now()
    with database.transaction(connection):
        found = rows.read(connection, task)
        if found.status == "pending":
            found = claiming.claim_one(connection, now, "w", 600.0, task, None)
        records.put(connection, now, task, found.token, judged)
