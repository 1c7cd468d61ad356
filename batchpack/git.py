"""One function a git question, on top of process: argv only, and GIT_* variables of the caller scrubbed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from batchpack import process


def _environment() -> dict[str, str]:
    """Return the environment without GIT_DIR and its like, which a calling hook would leak into our questions."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true"}


def ask(cwd: Path, *arguments: str, check: bool = True) -> process.Completed:
    """Run `git <arguments>` in a folder."""
    return process.run(["git", *arguments], cwd=cwd, env=_environment(), check=check)


def main_work_tree(cwd: Path) -> Path | None:
    """Return the main work tree that a folder belongs to, also from a linked worktree; None outside a repository."""
    if process.find("git") is None:
        return None
    done = ask(cwd, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel", check=False)
    if done.code != 0:
        return None
    common, top = map(Path, done.out.splitlines()[:2])
    if common.name == ".git":
        return common.parent
    named = ask(common, "config", "--file", "config", "core.worktree", check=False)  # what a submodule has
    main = (common / named.out.strip()).resolve() if named.out.strip() else top
    return main if main.is_dir() else top


def commits_since(cwd: Path, seconds: int, paths: Sequence[str]) -> int | None:
    """Count the commits on HEAD since a time that touch paths or patterns below a folder; None outside a repository."""
    if not paths or process.find("git") is None:
        return None
    kinds = (("glob" if any(sign in path for sign in "*?") else "literal", path) for path in paths)
    specs = [f":({kind}){path}" for kind, path in kinds]
    done = ask(cwd, "rev-list", "--count", f"--max-age={seconds}", "HEAD", "--", *specs, check=False)
    return int(done.out) if done.code == 0 else None
