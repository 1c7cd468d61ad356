"""What tests of runs share: a batch of four items in two chunks, and options with the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager, places
from batchpack.item_runs.values import Options
from batchpack.items import chunks, manifest, times
from batchpack.items.chunking import Rule
from batchpack.items.shaping import Shape
from batchpack.items.sources import open_source
from batchpack.items.values import Rejects
from batchpack.queue import database

Make = Callable[..., Options]


@pytest.fixture
def options(tmp_path: Path) -> Make:
    """Return what makes options for a batch of four items, with the shell as executor."""
    rows = [{"id": f"i{n}", "subject": f"Offer {n} {{{{ 7 * 7 }}}}"} for n in range(4)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rejects, shape = Rejects(), Shape()
    found = open_source("rows.jsonl", tmp_path).read(rejects)
    folder = manifest.make(tmp_path, "b", shape.items(found, rejects), rejects, dict)
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        chunks.cut(connection, Rule("size", 2), times.zone("UTC"))

    def make(**more: Any) -> Options:
        shell = manager.load().executors["shell"]
        usual: dict[str, Any] = {
            "executor": shell, "jobs": 2, "project": tmp_path, "folder": folder, "worker": "run.1",
            "command": "echo $BATCHPACK_ITEM", "roots": (places.pack_root(),),
        }  # fmt: skip
        return Options(**{**usual, **more})

    return make
