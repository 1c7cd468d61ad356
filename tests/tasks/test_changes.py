"""What each change allows, refuses and sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.tasks.changes import blocking, completing, starting, unblocking
from batchpack.tasks.loading import load
from batchpack.tasks.store import DROP, Decide
from batchpack.tasks.values import Refused
from tests.support.tasks import subtask, write_feature


def decided(tmp_path: Path, decide: Decide, **fields: Any) -> dict[str, Any]:
    """Ask what a change sets on subtask 02, which depends on 01."""
    write_feature(tmp_path, "f", subtask("f", "01"), subtask("f", "02", **fields))
    feature = load(tmp_path, "f")
    return dict(decide(feature, feature.find("02")))


@pytest.mark.parametrize(
    ("decide", "fields", "words"),
    [
        (completing("s"), {"status": "completed"}, "completed already"),
        (completing("s"), {"status": "blocked"}, "f/02 is blocked"),
        (completing("s"), {"depends_on": ["01", "99"]}, "waits for 01, 99"),
        (starting(None), {"status": "in_progress"}, "started by somebody"),
        (starting("a"), {"status": "in_progress", "agent_id": "b"}, "started by b"),
        (starting("a"), {"status": "completed"}, "is completed"),
        (starting("a", force=True), {"status": "blocked"}, "is blocked"),
        (starting("a"), {"depends_on": ["01"]}, "waits for 01"),
        (blocking("w"), {"status": "completed"}, "is completed"),
        (unblocking(), {"status": "pending"}, "not blocked, but pending"),
    ],
)
def test_refused(tmp_path: Path, decide: Decide, fields: dict[str, Any], words: str) -> None:
    """What the state of a subtask does not allow is refused with the reason."""
    with pytest.raises(Refused, match=words):
        decided(tmp_path, decide, **fields)


@pytest.mark.parametrize(
    ("decide", "fields", "expected"),
    [
        (completing("s"), {"status": "in_progress"}, {"status": "completed", "completion_summary": "s"}),
        (completing("s", force=True), {"depends_on": ["01"]}, {"status": "completed"}),
        (completing("s", force=True), {"status": "blocked"}, {"status": "completed", "blocked_reason": DROP}),
        (starting("a"), {}, {"status": "in_progress", "agent_id": "a"}),
        (starting(None), {"agent_id": "kept"}, {"agent_id": "kept"}),
        (starting("a", force=True), {"status": "in_progress", "agent_id": "b"}, {"agent_id": "a"}),
        (blocking("w"), {"status": "in_progress"}, {"status": "blocked", "blocked_reason": "w"}),
        (unblocking(), {"status": "blocked"}, {"status": "pending", "agent_id": None, "blocked_reason": DROP}),
    ],
)
def test_allowed(tmp_path: Path, decide: Decide, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """What is allowed sets what belongs to it."""
    made = decided(tmp_path, decide, **fields)
    assert expected == {key: made[key] for key in expected}


def test_bad_words() -> None:
    """Summaries, reasons and agents' names are checked before anything is locked."""
    with pytest.raises(BatchpackError, match="Summary must be max 200"):
        completing("x" * 201)
    with pytest.raises(BatchpackError, match="Reason must not be empty"):
        blocking(" ")
    with pytest.raises(UsageError, match="no agent name"):
        starting("a b")
