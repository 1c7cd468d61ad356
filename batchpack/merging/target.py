"""The branch that the queue moves: one holder at a time, and only from the commit that it was seen at."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from batchpack import files, git
from batchpack.errors import BatchpackError
from batchpack.merging.stacking import SAFE

HOLD_SECONDS = 0.5
NOTHING = ""


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
        if not valid:
            raise BatchpackError(f"{self.ref[:200]!r} is no branch", "name one as refs/heads/<branch>")

    @property
    def short(self) -> str:
        """Return the branch's name as people write it."""
        return self.ref.removeprefix("refs/heads/")

    def held(self) -> AbstractContextManager[None]:
        """Be the only one in this repository who moves the branch, whichever run it is; raises Busy."""
        common = Path(git.ask(self.root, "rev-parse", "--path-format=absolute", "--git-common-dir").out.strip())
        name = files.fingerprint(self.ref.encode())[:16]
        return files.locked(common / "batchpack" / f"merge-{name}.lock", f"merging into {self.short}", HOLD_SECONDS)

    def tip(self) -> str:
        """Return the commit of the branch; empty where there is none."""
        done = git.ask(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.ref}^{{commit}}", check=False
        )
        return done.out.strip() if done.code == 0 else NOTHING

    def obstacle(self) -> str:
        """Say why the branch must not be moved now: it is not there, stands for another, or is checked out."""
        shape = "%(refname)%00%(symref)%00%(worktreepath)"
        lines = git.ask(self.root, "for-each-ref", f"--format={shape}", "--", self.ref).out.splitlines()
        facts = next((line.split("\0") for line in lines if line.startswith(f"{self.ref}\0")), None)
        if facts is None:
            return f"there is no branch {self.short}"
        _, symref, worktree = facts
        if symref:
            return f"{self.short} is another name of {symref.removeprefix('refs/heads/')}"
        if worktree:
            return f"{self.short} is checked out in {worktree}; leave it there: git switch --detach"
        return ""

    def create(self, commit: str) -> None:
        """Make the branch at a commit; one that is there stays where it is."""
        if not self.tip():
            git.ask(self.root, *SAFE, "update-ref", "--no-deref", self.ref, commit, "0" * len(commit), check=False)
        if not self.tip():
            raise BatchpackError(
                f"branch {self.short} could not be made", f"try it: git branch {self.short} {commit[:12]}"
            )

    def move(self, old: str, new: str) -> bool:
        """Move the branch from one commit to another; False if it is not at the first (any more)."""
        words = ("update-ref", "--no-deref", "-m", "batchpack: merge queue", self.ref, new, old)
        return git.ask(self.root, *SAFE, *words, check=False).code == 0
