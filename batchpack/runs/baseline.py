"""The work tree as a run finds it, so that later claims of change can be held against it."""

from __future__ import annotations

import os
from pathlib import Path

from batchpack import git, process
from batchpack.files import fingerprint
from batchpack.runs.facts import Baseline

MOST_FILES = 1000
LARGEST = 5 * 1024 * 1024


def work_tree(here: Path, project: Path) -> Path:
    """Return the folder that agents work in: the linked work tree around here, else the project."""
    if process.find("git") is None:
        return project
    top = git.ask(here, "rev-parse", "--path-format=absolute", "--show-toplevel", check=False)
    if top.code != 0 or git.main_work_tree(here) != project:
        return project
    return Path(top.out.rstrip("\n"))


def take(tree: Path) -> Baseline:
    """Look at a work tree; outside a repository or without git there is nothing to see."""
    if process.find("git") is None:
        return Baseline()
    if git.ask(tree, "rev-parse", "--is-inside-work-tree", check=False).out.strip() != "true":
        return Baseline()  # also inside `.git`, where the answer is a `false` that went well
    head = git.ask(tree, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False)
    commit = head.out.strip() or None
    against = commit or git.ask(tree, "hash-object", "-t", "tree", "--stdin").out.strip()
    status = git.ask(tree, "status", "--porcelain=v1", "-z").out
    return Baseline(commit, against, fingerprint(status.encode()), _dirty(tree, against))


def _dirty(tree: Path, against: str) -> dict[str, str]:
    """Return the files that differ already or are not tracked, with fingerprints of their content."""
    found = [*changed(tree, against), *names(tree, "ls-files", "--others", "--exclude-standard", "-z")]
    return {name: content(tree / name) for name in found[:MOST_FILES]}


def changed(tree: Path, against: str, *paths: str) -> list[str]:
    """Return the tracked files below a folder that differ from a commit, relative to the folder."""
    return names(
        tree, "diff", "--no-ext-diff", "--no-renames", "--name-only", "--relative", "-z", against, "--", *paths
    )


def names(tree: Path, *arguments: str) -> list[str]:
    """Ask git for names that end in NUL; paths given are taken as they are, not as patterns."""
    return [name for name in git.ask(tree, "--literal-pathspecs", *arguments).out.split("\0") if name]


def content(path: Path) -> str:
    """Return the fingerprint of a file's content; of one that is huge, only its size and time; `-` for none."""
    try:
        seen = path.lstat()
        if path.is_symlink():
            return f"-> {fingerprint(os.fsencode(path.readlink()))}"
        return fingerprint(path.read_bytes()) if seen.st_size <= LARGEST else f"{seen.st_size} {seen.st_mtime_ns}"
    except OSError:
        return "-"
