"""A new worktree made ready for work: ignored files copied from the main tree, submodules filled, set-up lines run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from batchpack import git, process
from batchpack.errors import BatchpackError
from batchpack.worktrees import contents, including, status, submodules
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

SETUP_SECONDS = 1800.0
MAIN_TREE = "BATCHPACK_MAIN_TREE"
"""The variable by which set-up lines find the main work tree."""


class SetupFailed(BatchpackError):
    """A set-up line of the plan that failed in a new worktree; the hint is the end of what it said."""


def prepare(
    repository: Repository, worktree: Worktree, include: Sequence[str], setup: Sequence[str]
) -> Mapping[str, str]:
    """Make a new worktree ready; return what differs from the commit by now, each path with its content.

    That is what the set-up made, or line ends that git writes otherwise; it is not the work of an agent.
    """
    submodules.fill(repository, worktree.path)
    including.copy(repository, worktree.path, include)
    for line in setup:
        _run(repository, worktree, line)
    if not setup and not (worktree.path / ".gitattributes").exists():
        return {}
    return {entry.path: contents.digest(worktree.path / entry.path) for entry in status.read(worktree.path).entries}


def _run(repository: Repository, worktree: Worktree, line: str) -> None:
    """Run a set-up line as its author wrote it."""
    variables = {**git.environment(), MAIN_TREE: str(repository.root)}
    done = process.run(["/bin/sh", "-c", line], cwd=worktree.path, env=variables, timeout=SETUP_SECONDS, check=False)
    if done.code != 0:
        said = "\n".join(part.strip() for part in (done.out, done.err) if part.strip())
        raise SetupFailed(
            f"the set-up line {line[:200]!r} failed in {worktree.path}: exit code {done.code}", said[-4000:]
        )
