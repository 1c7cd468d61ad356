"""What an agent did in a worktree: its commits, the files they change, and what it left uncommitted."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass

from batchpack import git
from batchpack.errors import BatchpackError
from batchpack.process import Completed
from batchpack.worktrees import contents, deleting, registry, status
from batchpack.worktrees.isolation import check
from batchpack.worktrees.scope import outside
from batchpack.worktrees.values import Worktree

__all__ = ["Changes", "NotCommitted", "commit", "ignored", "of", "outside", "uncommitted"]

HOOK_SECONDS = 1800.0
REPOSITORY_MODE = "160000"


@dataclass(frozen=True, slots=True)
class Changes:
    """What stands in a worktree beyond its base. Paths are posix, relative to the worktree, sorted.

    `commits` are those not in the base, newest first, `files` what they change, `uncommitted` what differs from `head`
    (new files, deletions, conflicts; not what git ignores, nor what the set-up left and nobody touched since).
    `repositories` are submodules and nested repositories among both, whose content no commit here can carry.
    `on_base` tells whether the base is among the ancestors of `head`.
    """

    head: str
    commits: tuple[str, ...]
    files: tuple[str, ...]
    uncommitted: tuple[str, ...]
    repositories: tuple[str, ...] = ()
    on_base: bool = True

    @property
    def paths(self) -> tuple[str, ...]:
        """Return all that was touched, committed or not."""
        return tuple(sorted({*self.files, *self.uncommitted}))


class NotCommitted(BatchpackError):
    """A commit that git or a hook of the project refused; the hint is what they said."""


def of(worktree: Worktree) -> Changes:
    """Return what stands in a worktree beyond its base; raises Isolation for one that is not what it must be."""
    check(worktree)
    found = status.read(worktree.path)
    left = uncommitted(worktree, found)
    inner = {entry.path for entry in left if entry.is_repository}
    commits: tuple[str, ...] = ()
    files: dict[str, bool] = {}
    on_base = True
    if found.head != worktree.base:
        commits = tuple(git.ask(worktree.path, "rev-list", found.head, f"^{worktree.base}", "--").out.split())
        fork = git.ask(worktree.path, "merge-base", worktree.base, found.head, check=False).out.strip()
        on_base = fork == worktree.base
        files = _files(worktree, fork or worktree.base, found.head)
        inner |= {path for path, is_repository in files.items() if is_repository}
    names = tuple(sorted({entry.path for entry in left}))
    return Changes(found.head, commits, tuple(sorted(files)), names, tuple(sorted(inner)), on_base)


def uncommitted(worktree: Worktree, found: status.Found) -> list[status.Entry]:
    """Return what differs from the commit, without what the set-up left as long as it is as it was left."""
    prepared = (registry.mark(worktree.record) or {}).get("prepared", {})
    kept = _kept(worktree, found.entries)
    return [
        entry
        for entry in found.entries
        if entry.path not in kept
        and (entry.path not in prepared or prepared[entry.path] != contents.digest(worktree.path / entry.path))
    ]


def _kept(worktree: Worktree, entries: Sequence[status.Entry]) -> set[str]:
    """Return the files that `git rm --cached` took out of the index alone: they are there as the commit has them."""
    new = {entry.path for entry in entries if entry.kind == "?"}
    out = [entry for entry in entries if entry.is_removed and entry.path in new and _is_plain(worktree, entry)]
    if not out:
        return set()
    lines = "".join(f"{git.quote(entry.path)}\n" for entry in out)
    place = status.place(worktree.path, worktree.record)
    done = git.ask(worktree.path, "hash-object", "--stdin-paths", stdin=lines, check=False, timeout=600, env=place)
    found = done.out.split() if done.code == 0 else [""] * len(out)
    return {entry.path for entry, name in zip(out, found, strict=True) if entry.blob == name}


def _is_plain(worktree: Worktree, entry: status.Entry) -> bool:
    """Tell whether a path is a file of the kind that the commit has there: a plain one, or one to be run."""
    try:
        mode = (worktree.path / entry.path).lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and entry.mode == ("100755" if mode & stat.S_IXUSR else "100644")


def _files(worktree: Worktree, old: str, new: str) -> dict[str, bool]:
    """Return the files that differ between two commits, and of each whether it is another repository's commit."""
    words = ("diff-tree", "-r", "--raw", "--no-renames", "--no-ext-diff", old, new, "--")
    done = git.ask(worktree.path, "-c", "core.quotePath=true", *words, timeout=600)
    found = {}
    for line in done.out.splitlines():
        facts, path = line.split("\t", 1)
        found[git.unquote(path)] = REPOSITORY_MODE in facts.lstrip(":").split(" ", 2)[:2]
    return found


def ignored(worktree: Worktree, paths: Sequence[str]) -> tuple[str, ...]:
    """Return those of some paths that git ignores, so that no commit would carry them."""
    if not paths:
        return ()
    lines = "".join(f"{git.quote(path)}\n" for path in paths)
    return tuple(git.paths(worktree.path, "check-ignore", "--stdin", stdin=lines, check=False))


def commit(worktree: Worktree, message: str) -> str | None:
    """Commit all that was left uncommitted, with the project's hooks; return the commit, None where nothing was left.

    Only to be called while no agent works there: a lock that a killed git left is taken away.
    Raises NotCommitted with what a hook said, and for changes inside other repositories, which would be lost.
    """
    check(worktree)
    found = status.read(worktree.path)
    left = uncommitted(worktree, found)
    if not left:
        return None
    if inner := [entry.path for entry in left if entry.is_repository]:
        raise NotCommitted(
            f"{', '.join(inner[:8])}: a repository of its own, whose changes cannot be committed here",
            "work on the files of the project itself, without git init, git clone or changes in submodules",
        )
    deleting.stale_locks(worktree.common, worktree.branch, worktree.record)
    _unstage(worktree, [entry for entry in found.entries if entry not in left])
    lines = "".join(
        f"{git.quote(entry.path)}\n" for entry in left if not entry.is_removed
    )  # git add finds no such path
    if lines:
        _do(worktree, "add", "--all", "--pathspec-from-file=-", stdin=lines)
    if _is_empty(worktree):
        return None
    _do(worktree, "commit", "--quiet", "--cleanup=whitespace", "--file=-", stdin=message.strip() or "work of a task")
    return registry.tip(worktree.common, worktree.branch)


def _is_empty(worktree: Worktree) -> bool:
    """Tell whether the index holds just what the commit does, so that git would refuse to commit it."""
    if git.ask(worktree.path, "diff", "--cached", "--quiet", "--no-ext-diff", check=False, timeout=600).code != 0:
        return False
    return git.ask(worktree.path, "rev-parse", "--quiet", "--verify", "MERGE_HEAD", check=False).code != 0


def _unstage(worktree: Worktree, entries: Sequence[status.Entry]) -> None:
    """Take what the set-up left out of the index, where an agent added it with all the rest."""
    staged = [entry.path for entry in entries if entry.is_staged]
    if staged:
        _do(
            worktree,
            "reset",
            "--quiet",
            "--pathspec-from-file=-",
            stdin="".join(f"{git.quote(path)}\n" for path in staged),
        )


def _do(worktree: Worktree, *words: str, stdin: str) -> Completed:
    """Run git in a worktree with paths taken by the letter; raises NotCommitted with all that was said."""
    done = git.ask(worktree.path, "--literal-pathspecs", *words, stdin=stdin, check=False, timeout=HOOK_SECONDS)
    if done.code != 0:
        said = "\n".join(part.strip() for part in (done.out, done.err) if part.strip())
        raise NotCommitted(f"git {words[0]} failed in {worktree.path} (exit code {done.code})", said[-8000:])
    return done
