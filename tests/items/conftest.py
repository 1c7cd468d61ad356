"""What tests of batches share: one that is made of rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from batchpack.items import manifest
from batchpack.items.shaping import Shape
from batchpack.items.sources import open_source
from batchpack.items.values import Rejects
from batchpack.queue import database

Make = Callable[..., sqlite3.Connection]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return what makes a batch of rows and opens its file."""
    with ExitStack() as stack:

        def made(rows: list[dict[str, Any]], name: str = "b", rejects: Rejects | None = None) -> sqlite3.Connection:
            path = tmp_path / f"{name}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
            shape, put = Shape(), rejects or Rejects()
            found = open_source(path.name, tmp_path).read(put)

            def facts() -> dict[str, Any]:
                return {"fields": {"category": shape.category}, "declared": shape.declared}

            folder = manifest.make(tmp_path, name, shape.items(found, put), put, facts)
            return stack.enter_context(database.opened(folder / database.NAME))

        yield made
