"""The one value that all of this room works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Worktree:
    """A worktree of a task: `path` its folder, `branch` its branch, `base` the commit that the work is compared with.

    `record` is git's own folder on it, `<common git folder>/worktrees/<name>`.
    """

    path: Path
    branch: str
    base: str
    record: Path

    @property
    def common(self) -> Path:
        """Return the git folder that all worktrees share."""
        return self.record.parent.parent
