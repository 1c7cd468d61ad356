"""A new worktree made ready for work: ignored files copied from the main tree, submodules filled, set-up lines run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from batchpack import git, process
from batchpack.errors import BatchpackError
from batchpack.worktrees import contents, including, status, submodules
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

SETUP_SECONDS = 1800.0
SAID_BYTES = 4000
"""How much of what a set-up line says is kept: its end."""
MAIN_TREE = "BATCHPACK_MAIN_TREE"
"""The variable by which set-up lines find the main work tree."""


class SetupFailed(BatchpackError):
    """A set-up line of the plan that failed in a new worktree; the hint is the end of what it said."""


def prepare(
    repository: Repository,
    worktree: Worktree,
    include: Sequence[str],
    setup: Sequence[str],
    stop: Callable[[], bool] = lambda: False,
) -> Mapping[str, str]:
    """Make a new worktree ready; return what differs from the commit by now, each path with its content.

    `stop` ends a set-up line that runs, which has failed then. What differs is what the set-up made, or line ends that
    git writes otherwise; it is not the work of an agent.
    """
    submodules.fill(repository, worktree.path)
    including.copy(repository, worktree.path, include)
    for line in setup:
        _run(repository, worktree, line, stop)
    if not setup and not (worktree.path / ".gitattributes").exists():
        return {}
    return {entry.path: contents.digest(worktree.path / entry.path) for entry in status.read(worktree.path).entries}


def _run(repository: Repository, worktree: Worktree, line: str, stop: Callable[[], bool]) -> None:
    """Run a set-up line as its author wrote it; what it leaves running is ended."""
    variables = {**git.environment(), MAIN_TREE: str(repository.root)}
    said = bytearray()

    def take(data: bytes) -> None:
        said.extend(data)
        del said[:-SAID_BYTES]

    argv = ("/bin/sh", "-c", line)
    done = process.watch(argv, take, cwd=worktree.path, env=variables, timeout=SETUP_SECONDS, stop=stop)
    if done.code != 0 or done.end != "itself":
        how = {
            "itself": f"exit code {done.code}",
            "timeout": f"longer than {SETUP_SECONDS:.0f} s",
            "stopped": "stopped",
        }
        raise SetupFailed(
            f"the set-up line {line[:200]!r} failed in {worktree.path}: {how[done.end]}",
            said.decode(errors="replace").strip(),
        )
