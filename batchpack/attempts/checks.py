"""What the engine looks at itself before any work is believed: paths, files, commits, and what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from batchpack import git
from batchpack.attempts.result import Claim, NoResult
from batchpack.attempts.verdict import Ended, Problem
from batchpack.errors import UnsafePath
from batchpack.files import fingerprint, inside
from batchpack.plaintext import line, tail
from batchpack.worktrees import changes, contents, registry, status
from batchpack.worktrees.changes import Changes
from batchpack.worktrees.values import Worktree

NAMED = 12
"""How many paths a sentence names."""
SIGNS = frozenset("*?[")
CACHE_FOLDERS = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"})
CACHE_FILES = (".pyc", ".DS_Store", ".coverage")
"""What tools leave behind unasked in a project that does not ignore it: nobody's work, made again at any time."""


def of_program(ended: Ended) -> Iterator[Problem]:
    """Find fault with how the program ended."""
    if ended.timed_out:
        yield Problem("timeout", f"it took longer than {ended.task.timeout:.0f} s and was ended", _output(ended))
    elif ended.code is None or ended.code < 0:
        how = f"was ended by signal {-ended.code}" if ended.code else "left no exit code"
        yield Problem("crash", f"its program {how}", _output(ended))
    elif ended.code:
        yield Problem("exit", f"its program ended with exit code {ended.code}", _output(ended))


def _output(ended: Ended) -> str:
    """Return the last that an attempt's program wrote, and where all of it is."""
    texts = [(path, tail(path, 40, 4000)) for path in (ended.err, ended.out) if path is not None]
    return "\n\n".join(f"{path} ends with:\n\n{text}" for path, text in texts if text)


def of_claim(said: Claim | NoResult | None) -> Iterator[Problem]:
    """Find fault with what was said: nothing usable, or that it did not work. None: nobody was asked to say."""
    if isinstance(said, NoResult):
        yield Problem("no_result", f"{said.reason}; its last words: {said.said}")
    elif said is not None and said.status == "blocked":
        yield Problem("blocked", f"it could not go on: {line(said.error or said.summary, 500) or 'no reason given'}")
    elif said is not None and said.status == "failed":
        yield Problem("agent", f"it says that it failed: {line(said.error or said.summary, 500) or 'no reason given'}")


def of_main_tree(paths: Sequence[str]) -> Iterator[Problem]:
    """Find fault with changes of the main tree."""
    if paths:
        yield Problem("main_tree", f"the main work tree changed while it ran: {named(paths)}; work only in your folder")


def of_changes(found: Changes, allowed: Sequence[str]) -> Iterator[Problem]:
    """Find fault with the commits and with paths outside the scope."""
    if not found.on_base:
        yield Problem("history", "the commit that the work began at is gone from its branch; do not rewrite history")
    if found.repositories:
        listed = named(found.repositories)
        yield Problem("repository", f"{listed} is a repository of its own, whose content no commit here can hold")
    if outside := changes.outside(found.paths, allowed):
        yield Problem("scope", f"changed outside of what the task may change: {named(outside)}", _scope(allowed))


def _scope(allowed: Sequence[str]) -> str:
    """Say what may be changed, and how more is asked for."""
    listed = "\n".join(f"- {path}" for path in dict.fromkeys(allowed))
    return f"The task may change:\n{listed}\nPut back everything else as it was."


def from_root(ended: Ended, paths: Sequence[str]) -> tuple[str, ...]:
    """Return a task's paths as git has them, from the root of the work tree: a project may be a folder in it."""
    if ended.worktree is None or ended.folder == ended.worktree.path:
        return tuple(paths)
    prefix = ended.folder.relative_to(ended.worktree.path).as_posix()
    return tuple(f"{prefix}/{path.removeprefix('./')}" for path in paths)


def of_deliverables(ended: Ended) -> Iterator[Problem]:
    """Find fault with files that must be there at the end and are not, or that no commit would hold."""
    wanted = ended.task.deliverables
    missing = [path for path in wanted if not _is_there(ended.folder, path)]
    if missing:
        yield Problem("deliverables", f"not there: {named(missing)}")
    if ended.worktree is not None:
        plain = [path for path in wanted if path not in missing and not SIGNS & set(path)]
        if hidden := changes.ignored(ended.worktree, from_root(ended, plain)):
            yield Problem("deliverables", f"git ignores {named(hidden)}, so that it would be lost")


def _is_there(folder: Path, wanted: str) -> bool:
    """Tell whether a file, or any file of a pattern, is in a folder; a link that leads out is none."""
    with suppress(UnsafePath, OSError, ValueError, NotImplementedError):
        if (found := inside(folder, wanted)).exists():
            return not found.is_dir() or any(found.iterdir())
        return bool(SIGNS & set(wanted)) and any(path.exists() for path in folder.glob(wanted))
    return False


def of_no_change(ended: Ended, found: Changes, said: Claim | NoResult | None) -> Iterator[Problem]:
    """Find fault with an attempt that changed nothing and does not say why.

    A plain program that is to change nothing, going by its task, need not say so: its exit code does.
    """
    if found.paths or found.commits or (not ended.agent and not ended.task.allowed):
        return
    if not (isinstance(said, Claim) and said.no_change):
        yield Problem("no_change", "nothing was changed, and no `no_change` in a RESULT says why that is right")


def named(paths: Sequence[str]) -> str:
    """Name some paths, in a line."""
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(line(path, 200) for path in paths[:NAMED]) + more


def tree_of(worktree: Worktree, found: Changes) -> str:
    """Return a fingerprint of all that stands in a worktree, committed or not."""
    tree = git.ask(worktree.path, "rev-parse", f"{found.head}^{{tree}}").out.strip()
    left = [f"{path} {contents.digest(worktree.path / path)}" for path in found.uncommitted]
    return fingerprint("\n".join([tree, *left]).encode(errors="surrogateescape"))[:16]


def sweep_caches(worktree: Worktree, left: Sequence[str]) -> bool:
    """Delete what tools left behind unasked among some paths, and tell whether there was any.

    So it is neither committed nor held against anybody. What the project itself keeps in such a place stays.
    """
    if not any(_is_cache(Path(path)) for path in left):
        return False
    for entry in status.read(worktree.path).entries:
        if entry.kind == "?" and not entry.is_repository and _is_cache(Path(entry.path)):
            (worktree.path / entry.path).unlink(missing_ok=True)
    return True


def _is_cache(path: Path) -> bool:
    """Tell by its name whether a file is a tool's cache."""
    return bool(CACHE_FOLDERS & set(path.parts)) or path.name.endswith(CACHE_FILES)


def put_back(worktree: Worktree, found: status.Found) -> tuple[str, ...]:
    """Take away what the verification left in a worktree whose work is all committed; return its paths."""
    prepared = (registry.mark(worktree.record) or {}).get("prepared", {})
    left = [entry for entry in changes.uncommitted(worktree, found) if entry.path not in prepared]
    changed = [entry.path for entry in left if entry.kind != "?"]
    for entry in left:
        if entry.kind == "?" and not entry.is_repository:
            (worktree.path / entry.path).unlink(missing_ok=True)
    if changed:
        lines = "".join(f"{git.quote(path)}\n" for path in changed)
        words = ("restore", "--source=HEAD", "--staged", "--worktree", "--pathspec-from-file=-")
        git.ask(worktree.path, "-c", "core.hooksPath=/dev/null", "--literal-pathspecs", *words, stdin=lines)
    return tuple(entry.path for entry in left)
