"""The branch that the queue moves: one holder at a time, and only from the commit that it was seen at."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from batchpack import files, git
from batchpack.errors import BatchpackError
from batchpack.merging.stacking import SAFE

HOLD_SECONDS = 0.5
LOCK_SECONDS = 5.0
"""The age from which a lock of git on the branch counts as left behind."""


class Look(NamedTuple):
    """A branch as it is: its commit (empty: there is none), and what keeps it from being moved (empty: nothing)."""

    tip: str
    obstacle: str = ""


@cache
def common_folder(root: Path) -> Path:
    """Return the git folder that all worktrees of a repository share."""
    return Path(git.ask(root, "rev-parse", "--path-format=absolute", "--git-common-dir").out.strip())


@dataclass(frozen=True, slots=True)
class Target:
    """A branch by its whole name, e.g. `refs/heads/batchpack/<run>/integration`, in the repository at `root`."""

    root: Path
    ref: str

    def check(self) -> None:
        """Raise BatchpackError for a name that cannot be a branch's."""
        valid = (
            self.ref.startswith("refs/heads/")
            and git.ask(self.root, "check-ref-format", self.ref, check=False).code == 0
        )
        if not valid or self.short == "HEAD" or self.short.startswith(("-", "refs/")):  # git would mistake these
            raise BatchpackError(f"{self.short[:200]!r} is no branch", "give its name, such as feature/checkout")

    @property
    def short(self) -> str:
        """Return the branch's name as people write it."""
        return self.ref.removeprefix("refs/heads/")

    def held(self) -> AbstractContextManager[None]:
        """Be the only one in this repository who moves the branch, whichever run it is; raises Busy."""
        name = files.fingerprint(self.ref.encode())[:16]
        return files.locked(
            common_folder(self.root) / "batchpack" / f"merge-{name}.lock", f"merging into {self.short}", HOLD_SECONDS
        )

    def look(self) -> Look:
        """Tell where the branch is, and why it must not be moved now: it is missing, or an alias, or checked out."""
        shape = "--format=%(refname)%00%(objectname)%00%(symref)%00%(worktreepath)"
        lines = git.ask(self.root, "for-each-ref", shape, "--", self.ref).out.splitlines()
        facts = next((line.split("\0") for line in lines if line.startswith(f"{self.ref}\0")), None)
        if facts is None:
            return Look("", f"there is no branch {self.short}")
        _, tip, symref, worktree = facts
        if symref:
            return Look(tip, f"{self.short} is another name of {symref.removeprefix('refs/heads/')}")
        if worktree:
            return Look(tip, f"{self.short} is checked out in {worktree}; leave it there: git switch --detach")
        return Look(tip)

    def create(self, commit: str) -> str:
        """Make the branch at a commit, and return where it is: one that is there stays."""
        if not self.look().tip:
            git.ask(self.root, *SAFE, "update-ref", "--no-deref", self.ref, commit, "0" * len(commit), check=False)
        tip = self.look().tip
        if not tip:
            raise BatchpackError(
                f"branch {self.short} could not be made", f"see why: git branch {self.short} {commit[:12]}"
            )
        return tip

    def move(self, old: str, new: str) -> bool:
        """Move the branch from one commit to another; False if it is not at the first (any more)."""
        words = ("update-ref", "--no-deref", "-m", "batchpack: merge queue", self.ref, new, old)
        end = time.monotonic() + LOCK_SECONDS
        while True:
            done = git.ask(self.root, *SAFE, *words, check=False)
            if done.code == 0 or ".lock" not in done.err or time.monotonic() > end + LOCK_SECONDS:
                return done.code == 0
            self._drop_lock()
            time.sleep(0.05)

    def _drop_lock(self) -> None:
        """Take away the lock that a killed git left on the branch: a living one holds it for milliseconds."""
        lock = common_folder(self.root) / f"{self.ref}.lock"
        with suppress(FileNotFoundError):
            if time.time() - lock.stat().st_mtime > LOCK_SECONDS:
                lock.unlink()
