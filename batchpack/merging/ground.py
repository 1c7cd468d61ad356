"""The worktree in which gates run: of the queue alone, on no branch, set to an exact commit each time.

What runs there was written by agents, so nothing in it is trusted: git is told by its options which repository and
which folder are meant, never by the folder's own `.git`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from batchpack import git, steps
from batchpack.errors import BatchpackError
from batchpack.merging.target import common_folder
from batchpack.process import ProgramFailed
from batchpack.worktrees import registry, trees

SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "advice.detachedHead=false")
SECONDS = 1800.0
REASON = "batchpack merge queue"


@dataclass(slots=True)
class Ground:
    """The worktree at `path` of the repository at `root`. `mark` is the folder of logs, by which strays are found.

    `prepare` is called with the folder when it was made; what it puts there stays from gate to gate, all else
    that a gate leaves is deleted before the next.
    """

    root: Path
    path: Path
    mark: Path
    prepare: Callable[[Path], object] | None = None
    _kept: tuple[str, ...] = field(default=(), init=False)

    def set_to(self, commit: str) -> Path:
        """Have the worktree hold exactly a commit, and return its folder; a broken one is made anew."""
        record = self._record()
        if record is None:
            return self._make(commit)
        try:
            self._reset(record, commit)
        except ProgramFailed:
            trees.discard(self.path, record)
            return self._make(commit)
        return self.path

    def remove(self) -> None:
        """Take the worktree away; nothing of value is in it."""
        record = registry.find(common_folder(self.root), self.path)
        if record is not None:
            registry.unlock(record)
            trees.discard(self.path, record)

    def _record(self) -> Path | None:
        """Return git's record of the worktree if it is whole; what is left of one is cleared away."""
        record = registry.find(common_folder(self.root), self.path)
        if record is None:
            if self.path.is_symlink() or (self.path.exists() and any(self.path.iterdir())):
                raise BatchpackError(
                    f"{self.path} is there already and is no worktree of {self.root}",
                    "rename or remove it; the merge queue needs this folder for itself",
                )
            return None
        mark = registry.mark(record)
        whole = not self.path.is_symlink() and self.path.is_dir() and registry.points_to(self.path, record)
        if mark is None or not whole:
            trees.discard(self.path, record)
            return None
        self._kept = tuple(map(str, mark.get("kept", ())))
        return record

    def _make(self, commit: str) -> Path:
        """Make the worktree and prepare it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        words = ("worktree", "add", "--quiet", "--detach", "--lock", "--reason", REASON, "--", str(self.path), commit)
        self._git("-C", str(self.root), *words)
        record = registry.find(common_folder(self.root), self.path)
        if record is None:
            raise BatchpackError(f"git made no worktree at {self.path}", "run the command again")
        if self.prepare is not None:
            self.prepare(self.path)
            self._kept = self._extra(record)
        registry.set_mark(record, {"kept": list(self._kept)})
        return self.path

    def _reset(self, record: Path, commit: str) -> None:
        """Check a commit out over whatever is there and delete what does not belong to it."""
        for name in ("index.lock", "HEAD.lock"):
            with suppress(FileNotFoundError):  # of a git that was killed; we hold the queue, so nobody uses it
                (record / name).unlink()
        self._inside(record, "checkout", "--quiet", "--force", "--detach", commit, "--")
        kept = [word for path in self._kept for word in ("-e", "/" + _literal(path))]
        self._inside(record, "clean", "-ffdxq", *kept)

    def _extra(self, record: Path) -> tuple[str, ...]:
        """Name what stands in the worktree without belonging to its commit, ignored or not; folders as a whole."""
        said = self._inside(record, "ls-files", "--others", "--directory", "-z")
        return tuple(name for name in said.split("\0") if name)

    def _inside(self, record: Path, *words: str) -> str:
        """Run git on the worktree, whatever its own `.git` says."""
        return self._git("-C", str(self.path), f"--git-dir={record}", f"--work-tree={self.path}", *words)

    def _git(self, *words: str) -> str:
        """Run git, marked so that it is found again if we are killed meanwhile."""
        env = {steps.MARK: str(self.mark / "git")}
        return git.ask(self.root, *SAFE, *words, env=env, timeout=SECONDS).out


def _literal(path: str) -> str:
    """Return a path as a pattern that means only itself."""
    return "".join(f"\\{sign}" if sign in "*?[\\ !#" else sign for sign in path)
