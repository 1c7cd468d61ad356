"""What tests of runs share: a batch of four items in two chunks, and options with the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from batchpack import manager, places
from batchpack.item_runs.values import Options
from tests.support.project import Project

Make = Callable[..., Options]


@pytest.fixture
def options(project: Project) -> Make:
    """Return what makes options for a batch of four items, with the shell as executor."""
    rows = [{"id": f"i{n}", "subject": f"Offer {n} {{{{ 7 * 7 }}}}"} for n in range(4)]
    project.write({"rows.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    project.run("items", "add", "rows.jsonl", "--name", "b").assert_ok()
    project.run("items", "chunk", "--by", "size", "--max", "2").assert_ok()
    folder = project.folder / ".batchpack/items/b"

    def make(**more: Any) -> Options:
        shell = manager.load().executors["shell"]
        usual: dict[str, Any] = {
            "executor": shell, "jobs": 2, "project": project.folder, "folder": folder, "worker": "run.1",
            "command": "echo $BATCHPACK_ITEM", "roots": (places.pack_root(),),
        }  # fmt: skip
        return Options(**{**usual, **more})

    return make
