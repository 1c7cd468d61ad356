"""What runs over items know of their calls, as facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from batchpack import manager
from batchpack.metrics.own.items import Items
from batchpack.metrics.own.shelf import Shelf
from tests.support.collected import Shelf as Read

USAGE = {"input": 1, "output": 2, "cache_read": 3, "cache_write": 4, "dollars": 0.5, "model": "small"}
LINE = {
    "at": "2026-11-20T10:00:00.000Z", "call": "0a", "executor": "claude", "session": "ses-1", "task": "chunk-01",
    "attempt": 1, "agent": "judge", "model": "big", "usage": USAGE,
}  # fmt: skip


def read(project: Path, *lines: dict[str, Any]) -> Read:
    """Write calls of the batch `mails`, and read them."""
    folder = project / ".batchpack" / "items" / "mails"
    folder.mkdir(parents=True)
    (folder / "usage.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Read().collect(Items(Shelf(manager.load().executors, project)))


def test_a_call_is_tied_to_its_batch_and_task(tmp_path: Path) -> None:
    """The batch stands for the run; the session is the host's, so that its own records can count instead."""
    found = read(tmp_path, LINE, LINE | {"call": "0b", "session": "", "usage": USAGE | {"model": ""}})
    one, other = found.used.values()

    assert ("claude_code", "attempt:mails:0a", "small", 1, 2, 3, 4, 0.5) == (
        one.session.host, one.key, one.model, one.input, one.output, one.cache_read, one.write_5m, one.dollars,
    )  # fmt: skip
    session = one.session
    assert ("ses-1", "mails", "chunk-01", 1, "judge", str(tmp_path)) == (
        session.id, session.run, session.task, session.attempt, session.agent, session.project,
    )  # fmt: skip
    assert ("attempt:mails:0b", "big") == (other.session.id, other.model)


def test_a_call_that_nobody_measured_is_a_session(tmp_path: Path) -> None:
    """Its session is known to belong to its task; what makes no sense is told."""
    found = read(
        tmp_path, LINE | {"usage": None}, LINE | {"at": "never"}, {"at": 1}, LINE | {"usage": {}, "session": ""}
    )

    assert (["ses-1"], {}) == ([one.id for one in found.sessions], found.used)
    assert 2 == len(found.complaints)
