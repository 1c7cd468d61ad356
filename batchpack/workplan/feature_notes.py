"""What became of a task, as task-cli says it of a subtask: started, completed, blocked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from batchpack.plaintext import line
from batchpack.tasks import changes, store
from batchpack.tasks.values import Feature, Refused
from batchpack.workplan import features
from batchpack.workplan.values import Noted

AGENT = "batchpack"
"""The name under which subtasks are started."""
SUMMARY = 200


def note(path: Path, noted: Noted) -> None:
    """Start a subtask, complete one that is merged, block one that was given up; what is so already stays."""
    found = next((one for one in features.found(path) if noted.task in features.ids(one).values()), None)
    if found is None:
        return
    seq = next(seq for seq, name in features.ids(found).items() if name == noted.task)
    decide = _decision(found, seq, noted)
    if decide is not None:
        with suppress(Refused):  # it is so already, or somebody else decided otherwise: theirs stands
            store.change(found.folder.parent, found.name, seq, decide)


def _decision(feature: Feature, seq: str, noted: Noted) -> store.Decide | None:
    """Return the change that a note makes, None for one that task-cli has no word for."""
    done = noted.state == "merged" or (noted.state == "verified" and noted.worktree is None)
    if done:
        return changes.completing(line(f"verified and merged {noted.commit[:12]}".strip(), SUMMARY))
    if noted.state == "in_progress" and feature.find(seq).status == "pending":
        return changes.starting(AGENT)
    if noted.state == "abandoned":
        return changes.blocking(line(f"given up: {noted.error.get('message', '')}", SUMMARY))
    return None
