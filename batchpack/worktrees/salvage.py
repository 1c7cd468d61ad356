"""What an agent left and nobody committed, saved before its worktree goes."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack import clock, files, git
from batchpack.worktrees import changes, status
from batchpack.worktrees.repository import Repository
from batchpack.worktrees.values import Worktree

PATCH, ARCHIVE, FACTS = "diff.patch", "untracked.tar", "salvage.json"
REFS = "refs/batchpack/salvage/"
"""Where the commits of a salvaged worktree stay reachable, whatever becomes of its branch."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved of a worktree: `folder` has the files, `ref` keeps its last commit `head`.

    `changed` are tracked files with changes in `diff.patch`, `untracked` those in `untracked.tar`; `repositories` are
    repositories of their own, whole in that archive; of a submodule the commits are a bundle beside it. `restore` are
    lines for the shell that bring all of it back, to be run in the project.
    """

    folder: Path
    branch: str
    head: str
    ref: str
    changed: tuple[str, ...]
    untracked: tuple[str, ...]
    repositories: tuple[str, ...]
    restore: tuple[str, ...]


def is_needed(worktree: Worktree) -> bool:
    """Tell whether anything would be lost with a worktree: uncommitted files, or commits that are on no branch."""
    found = _state(worktree)
    return bool(changes.uncommitted(worktree, found)) or found.branch != worktree.branch


def save(repository: Repository, worktree: Worktree, into: Path) -> Salvage:
    """Save what a worktree has beyond its branch, into a new folder below `into` named after the branch's last part.

    Nothing saved before is overwritten, and a killed call leaves nothing that looks whole. What git ignores is not
    saved. Raises BatchpackError when something could not be written: then nothing may be removed.
    """
    found = _state(worktree)
    left = changes.uncommitted(worktree, found)
    inner = tuple(entry.path for entry in left if entry.is_repository)
    changed = tuple(entry.path for entry in left if entry.kind != "?" and not entry.is_repository)
    untracked = tuple(entry.path for entry in left if entry.kind == "?" and not entry.is_repository)
    files.keep_from_git(into)
    making = into / f".{os.getpid()}-{os.urandom(6).hex()}.tmp"
    making.mkdir()
    try:
        _write_patch(worktree, making / PATCH, changed)
        _write_archive(worktree, making / ARCHIVE, untracked, inner)
        _write_bundles(worktree, making, [entry.path for entry in left if entry.is_repository and entry.kind != "?"])
        saved = _finish(repository, worktree, found.head, making, (changed, untracked, inner))
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return saved


def _state(worktree: Worktree) -> status.Found:
    """Ask git for a worktree's state by its own record, whatever its `.git` file says by now."""
    return status.read(worktree.path, worktree.record)


def _write_patch(worktree: Worktree, file: Path, changed: Sequence[str]) -> None:
    """Write the changes of tracked files against the commit, binary ones too, staged or not."""
    words = ("diff", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--full-index")
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/", f"--output={file}", "HEAD", "--", *changed)
    if changed:
        git.ask(
            worktree.path, "--literal-pathspecs", *words, *prefixes, env=status.place(worktree.path, worktree.record)
        )
    else:
        file.touch()
    _sync(file)


def _write_archive(worktree: Worktree, file: Path, untracked: Sequence[str], repositories: Sequence[str]) -> None:
    """Write untracked files and whole repositories as an archive, links as links."""
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in (*untracked, *repositories):
            if os.path.lexists(worktree.path / path):
                archive.add(worktree.path / path, path, recursive=path in repositories)
    _sync(file)


def _write_bundles(worktree: Worktree, making: Path, submodules: Sequence[str]) -> None:
    """Write the commits of submodules, which lie in git's record of the worktree and would go with it."""
    for number, path in enumerate(submodules, 1):
        folder, file = worktree.path / path, making / f"submodule-{number}.bundle"
        if not (folder / ".git").exists():
            continue  # it was deleted, which the facts tell
        git.ask(folder, "bundle", "create", "--quiet", str(file), "HEAD", "--branches", timeout=600)
        _sync(file)


def _sync(file: Path) -> None:
    """Force a file to disk."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def _finish(
    repository: Repository,
    worktree: Worktree,
    head: str,
    making: Path,
    parts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> Salvage:
    """Keep the commits by a ref of their own, give the folder its name and say how to bring all back."""
    name = _free(making.parent, worktree.branch.rpartition("/")[2])
    ref = f"{REFS}{worktree.branch.removeprefix('batchpack/').rpartition('/')[0] or 'other'}/{name}"
    git.ask(repository.root, "update-ref", ref, head)
    changed, untracked, inner = parts
    folder = making.parent / name
    saved = Salvage(folder, worktree.branch, head, ref, changed, untracked, inner, _restore(folder, ref, parts))
    facts = {
        "schema": 1, "at": clock.now(), "branch": saved.branch, "base": worktree.base, "head": head, "ref": ref,
        "changed": changed, "untracked": untracked, "repositories": inner, "restore": saved.restore,
    }  # fmt: skip
    files.write_atomic(making / FACTS, json.dumps(facts, indent=1) + "\n")
    files.sync_folder(making)
    making.rename(folder)
    files.sync_folder(folder.parent)
    return saved


def _free(into: Path, name: str) -> str:
    """Return the first name of a row that is not taken: `name`, `name-2`, `name-3` and so on."""
    number = 1
    while (into / (found := name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return found


def _restore(folder: Path, ref: str, parts: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Say how to bring a salvaged worktree back, as lines for the shell."""
    import shlex

    place = shlex.quote(str(folder / "restored"))
    lines = [f"git worktree add --detach {place} {shlex.quote(ref)}"]
    if parts[0]:
        lines.append(f"git -C {place} apply --binary --whitespace=nowarn {shlex.quote(str(folder / PATCH))}")
    if parts[1] or parts[2]:
        lines.append(f"tar -x -C {place} -f {shlex.quote(str(folder / ARCHIVE))}")
    return tuple(lines)
