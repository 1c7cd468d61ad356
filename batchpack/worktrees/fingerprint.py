"""The main work tree before and after: whether somebody changed it, and what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from batchpack import git
from batchpack.worktrees import contents, status
from batchpack.worktrees.repository import Repository

Kind = Literal["head", "branch", "file", "settings"]
OURS = "batchpack/"
"""What the branches begin with that batches of work are done on."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The state of a main work tree, to be compared with a later one.

    It holds HEAD, the branches other than `batchpack/…` and the stash, git's settings and hooks, and all files that
    are not as in the commit, staged or not, untracked ones too, by content. What git ignores is not looked at.
    """

    root: Path
    head: str
    refs: Mapping[str, str]
    files: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was: a path below the root, a ref, `HEAD`, or a file below git's folder.

    `mtime` is when a file was last written, in seconds since the epoch; None for what is gone or no file.
    """

    path: str
    kind: Kind
    mtime: float | None = None


def take(repository: Repository, apart: Collection[str] = ()) -> Fingerprint:
    """Take the fingerprint of the main work tree: one question to git, and a reading of what is not as in the commit.

    `apart` names refs, as `refs/heads/next`, that others may move meanwhile. May be called from several threads.
    """
    found = status.read(repository.root)
    told = (one for one in _refs(repository.common) if one[0] not in apart)
    refs = {name: commit for name, commit in told if not name.startswith(f"refs/heads/{OURS}")}
    return Fingerprint(
        repository.root,
        f"{found.branch} {found.head}",
        refs,
        dict(_files(repository.root, found)),
        dict(_settings(repository)),
    )


def _files(root: Path, found: status.Found, below: str = "") -> Iterator[tuple[str, str]]:
    """Tell each file that is not as in the commit by what git says on it and what it holds; submodules from inside."""
    for entry in found.entries:
        path = root / entry.path
        name = f"{below}{entry.path}"
        if entry.is_repository and entry.kind != "?" and (path / ".git").exists():
            inner = status.read(path)
            yield name, f"{entry.facts} {inner.head}"
            yield from _files(path, inner, f"{name}/")
        else:
            yield name, f"{entry.facts} {contents.digest(path)}"


def _refs(common: Path) -> Iterator[tuple[str, str]]:
    """Tell each branch and the stash by its commit, from git's files where they are of the usual kind."""
    if (common / "reftable").exists():
        said = git.ask(common, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/stash").out
        yield from (tuple(line.split(" ", 1)) for line in said.splitlines())  # type: ignore[misc]
        return
    packed = common / "packed-refs"
    lines = packed.read_text(errors="replace").splitlines() if packed.exists() else []
    for line in lines:
        commit, _, name = line.partition(" ")
        if name.startswith("refs/heads/") or name == "refs/stash":
            yield name, commit
    yield from _loose(common)


def _loose(common: Path) -> Iterator[tuple[str, str]]:
    """Tell the refs that have files of their own; those win over packed ones. Our own branches are not walked."""
    waiting = [common / "refs/heads", common / "refs/stash"]
    while waiting:
        path = waiting.pop()
        if path.is_dir():
            waiting += [one for one in path.iterdir() if one != common / "refs/heads" / OURS.rstrip("/")]
        elif path.is_file() and path.suffix != ".lock":
            yield path.relative_to(common).as_posix(), path.read_text(errors="replace").strip()


def _settings(repository: Repository) -> Iterator[tuple[str, str]]:
    """Tell git's settings and hooks, which act on the user's own work, without what worktrees add by themselves."""
    config = repository.common / "config"
    if config.exists():
        yield "config", _lasting(config.read_text(errors="replace"))
    for file in (repository.common / "info/exclude", repository.common / "info/attributes"):
        yield f"info/{file.name}", contents.digest(file)
    hooks = repository.common / "hooks"
    if hooks.is_dir():
        yield from ((f"hooks/{file.name}", contents.digest(file)) for file in sorted(hooks.iterdir()))


def _lasting(config: str) -> str:
    """Return a file of settings without the sections that submodules, LFS and our branches come and go with."""
    kept, passing = [], False
    for line in config.splitlines():
        if line.startswith("["):
            passing = line.startswith(("[submodule ", "[lfs", f'[branch "{OURS}'))
        if not passing:
            kept.append(line)
    return "\n".join(kept)


def differences(before: Fingerprint, after: Fingerprint) -> tuple[Difference, ...]:
    """Return what is not as it was, files first; empty when nothing changed."""
    found = [Difference(path, "file", _mtime(after.root / path)) for path in _changed(before.files, after.files)]
    if before.head != after.head:
        found.append(Difference("HEAD", "head"))
    found += [Difference(name, "branch") for name in _changed(before.refs, after.refs)]
    found += [Difference(f".git/{name}", "settings") for name in _changed(before.settings, after.settings)]
    return tuple(found)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name what is in one of two tables only, or differs."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _mtime(path: Path) -> float | None:
    """Return when a file was last written, in seconds since the epoch."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return None
