"""Merge commits made without any checkout, by `git merge-tree` and `git commit-tree`.

The same input gives the same commit, so whatever a crash cut short is simply done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from batchpack import git, plaintext
from batchpack.errors import BatchpackError
from batchpack.merging.values import Queued
from batchpack.process import ProgramFailed

SAFE = ("-c", "core.fsync=all", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false")
"""What is written is forced to disk, and no hook of the repository has a part in it."""
SECONDS = 600.0
MOST_REPLAYED = 200
"""Branches with more commits are not replayed one by one when they do not merge at once."""


@dataclass(frozen=True, slots=True)
class Clash:
    """What does not merge: the files, what git says on it, and the tree with its marks (empty: it has made none).

    `undone`: it would merge, but takes back in these files what others have merged.
    """

    files: tuple[str, ...]
    said: str
    tree: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Entries merged one after another: `commits[0]` is the base, `commits[n]` has the first n entries in it.

    `left` are those that do not merge onto the ones before them, though they do onto the base; `clashes` those that
    do not even merge onto the base.
    """

    commits: tuple[str, ...]
    entries: tuple[Queued, ...]
    left: tuple[Queued, ...] = ()
    clashes: tuple[tuple[Queued, Clash], ...] = ()

    @property
    def tip(self) -> str:
        """Return the commit with all entries in it."""
        return self.commits[-1]


class Stacker:
    """Makes merges in the repository at `root`; it remembers the times of commits, which never change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._times: dict[str, int] = {}

    def build(self, base: str, entries: Iterable[Queued]) -> Stack:
        """Merge entries onto a base one after another, leaving out those that do not merge."""
        commits, taken, left, clashes = [base], [], [], []
        for entry in entries:
            made = self.join(commits[-1], entry)
            if isinstance(made, str):
                commits.append(made)
                taken.append(entry)
                continue
            alone = made if commits[-1] == base else self.join(base, entry)
            if isinstance(alone, str):
                left.append(entry)
            else:
                clashes.append((entry, alone))
        return Stack(tuple(commits), tuple(taken), tuple(left), tuple(clashes))

    def join(self, onto: str, entry: Queued) -> str | Clash:
        """Make the commit that merges an entry onto another commit, with both as parents; nothing else is changed.

        What does not merge at once is tried commit by commit, as a rebase would: what is in already is passed over.
        """
        tree = merge(self.root, onto, entry.commit)
        if isinstance(tree, Clash):
            replayed = replay(self.root, onto, entry.commit)
            if replayed is None:
                return tree
            tree = replayed
        seconds = max(int(datetime.fromisoformat(entry.added).timestamp()), self._time(onto))
        made = _commit(self.root, tree, (onto, entry.commit), message(entry), seconds)
        self._times[made] = seconds
        return made

    def _time(self, commit: str) -> int:
        """Return the time of a commit: a merge is never older than what it is merged onto."""
        if commit not in self._times:
            said = git.ask(self.root, "show", "--no-patch", "--no-show-signature", "--format=%ct", commit).out
            self._times[commit] = int(said)
        return self._times[commit]


def merge(root: Path, ours: str, theirs: str) -> str | Clash:
    """Return the tree in which two commits are merged, or what is in the way."""
    words = (*SAFE, "merge-tree", "--write-tree", "-z", "--name-only", "--messages", ours, theirs)
    done = git.ask(root, *words, check=False, timeout=SECONDS)
    if done.code not in {0, 1}:
        return Clash((), plaintext.line(done.err or done.out))
    tree, _, rest = done.out.partition("\0")
    if done.code == 0:
        return tree
    names, _, messages = rest.partition("\0\0")
    files = tuple(dict.fromkeys(name for name in names.split("\0") if name))
    said = "; ".join(part.strip() for part in messages.split("\0") if part.startswith("CONFLICT (") and "): " in part)
    return Clash(files, plaintext.line(said, 600), tree)


def replay(root: Path, onto: str, tip: str) -> str | None:
    """Return the tree in which a branch's commits are applied one by one; None where one does not apply."""
    words = ("rev-list", "--reverse", "--topo-order", "--parents", f"--max-count={MOST_REPLAYED + 1}", tip, f"^{onto}")
    lines = [line.split() for line in git.ask(root, *words, timeout=SECONDS).out.splitlines()]
    if len(lines) < 2 or len(lines) > MOST_REPLAYED or any(len(line) != 2 for line in lines):
        return None
    tree = f"{onto}^{{tree}}"
    for commit, parent in lines:
        base = _commit(root, f"{parent}^{{tree}}")
        ours, theirs = (_commit(root, side, (base,)) for side in (tree, f"{commit}^{{tree}}"))
        merged = merge(root, ours, theirs)
        if isinstance(merged, Clash):
            return None
        tree = merged
    return tree


def message(entry: Queued) -> str:
    """Return the message of a merge: the task and its title, on one line."""
    return f"{entry.task}: {plaintext.line(entry.entry.title) or entry.entry.branch}\n"


def outside(root: Path, tip: str, commits: Sequence[str]) -> set[str]:
    """Return those of some commits that are no ancestors of another, as `merge-base --is-ancestor` would deny."""
    asked = "".join(f"{commit}\n" for commit in (*commits, f"^{tip}"))
    found = git.ask(root, "rev-list", "--stdin", stdin=asked, timeout=SECONDS).out.split() if commits else ()
    return set(commits).intersection(found)


def merges(root: Path, tip: str, since: str) -> dict[str, tuple[str, set[str]]]:
    """Return what came in between two commits: each merge, newest first, with the commit merged and its files."""
    words = (
        "log",
        "--no-show-signature",
        "--first-parent",
        "--diff-merges=first-parent",
        "--name-only",
        "--no-renames",
    )
    done = git.ask(root, *words, "-z", "--format=%x01%H %P", tip, f"^{since}", timeout=SECONDS)
    found = {}
    for part in done.out.split("\1")[1:]:
        head, *names = part.replace("\n", "\0", 1).split("\0")
        commit, *parents = head.split()
        if len(parents) > 1:
            found[commit] = (parents[1], {name for name in names if name})
    return found


def missing(root: Path, commits: Sequence[str]) -> set[str]:
    """Return those of some hashes that are no commits of the repository."""
    asked = "".join(f"{commit}\n" for commit in commits)
    done = git.ask(root, "cat-file", "--batch-check=%(objecttype)", stdin=asked, timeout=SECONDS)
    return {commit for commit, kind in zip(commits, done.out.splitlines(), strict=True) if kind != "commit"}


def undone(root: Path, tip: str, entry: Queued) -> tuple[str, ...]:
    """Return the files in which a branch that was brought up to date takes back what had come in since it began.

    There it is as at its beginning, though what it merged (or was rebased onto) had changed them.
    """
    met = git.ask(root, "merge-base", tip, entry.commit, check=False).out.strip()
    if met in {"", entry.entry.base}:
        return ()
    return tuple(sorted(_changed(root, met, entry.commit) - _changed(root, entry.entry.base, entry.commit)))


def _changed(root: Path, one: str, other: str) -> set[str]:
    """Return the files in which two commits differ."""
    done = git.ask(root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", one, other, timeout=SECONDS)
    return {name for name in done.out.split("\0") if name}


def marked(root: Path, onto: str, clash: Clash) -> str:
    """Return the difference between a commit and the tree with the marks of a conflict, at most 200,000 characters."""
    words = ("--literal-pathspecs", "diff", "--no-ext-diff", "--no-textconv", "--no-color", onto, clash.tree, "--")
    return git.ask(root, *words, *clash.files[:200], check=False).out[:200_000] if clash.tree else ""


def _commit(root: Path, tree: str, parents: Sequence[str] = (), text: str = "step\n", seconds: int = 0) -> str:
    """Write a commit and return its hash."""
    when = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"@{seconds} +0000")
    words = [word for parent in parents for word in ("-p", parent)]
    try:
        done = git.ask(root, *SAFE, "commit-tree", tree, *words, "-F", "-", stdin=text, env=when, timeout=SECONDS)
    except ProgramFailed as error:
        if "tell me who you are" not in error.completed.err and "empty ident" not in error.completed.err:
            raise
        raise BatchpackError(
            "git does not know in whose name to merge",
            'tell it: git config user.name "Your Name" && git config user.email you@example.com',
        ) from error
    return done.out.strip()
