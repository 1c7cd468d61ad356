"""Worktrees made, checked, looked at and removed, against the bare loop of `git worktree add` and `remove`, 8 wide."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from batchpack.worktrees import changes, fingerprint, repository, trees

COUNT, WIDTH, ROUNDS, FILES = 32, 8, 3, 200


def git(folder: Path, *words: str) -> bool:
    """Run git, as a script would; tell whether it went well."""
    return subprocess.run(["git", *words], cwd=folder, check=False, capture_output=True).returncode == 0


def make_project(base: Path) -> Path:
    """Make a repository of some hundred files."""
    project = base / "project"
    project.mkdir()
    git(project, "init", "-q", "-b", "main")
    for name, value in (("user.name", "T"), ("user.email", "t@example.com")):
        git(project, "config", name, value)
    for number in range(FILES):
        file = project / f"src/{number % 20}/file{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"line of file {number}\n" * 100)
    git(project, "add", "-A")
    git(project, "commit", "-qm", "first")
    return project


def bare(project: Path, name: str) -> None:
    """Make a worktree with a branch and remove both, by git alone; `add` fails now and then beside others."""
    place, branch = str(project.parent / "bare" / f"{name}-{time.monotonic_ns()}"), f"bare/{name}-{time.monotonic_ns()}"
    if not git(project, "worktree", "add", "--no-track", "-b", branch, place, "main"):
        FAILED.append(name)
    git(project, "worktree", "remove", place)
    git(project, "update-ref", "-d", f"refs/heads/{branch}")


def ours(project: Path, name: str) -> None:
    """Make a worktree, check it, look at it and at the main tree, and remove it."""
    opened = OPENED[project]
    made = trees.create(opened, project.parent / "ours" / name, f"batchpack/run/{name}", opened.head, reason="run")
    trees.check(made)
    changes.of(made)
    fingerprint.take(opened)
    trees.remove(opened, made, salvage_into=project.parent / "salvage")


OPENED: dict[Path, repository.Repository] = {}
FAILED: list[str] = []


def timed(act: Callable[[Path, str], None], project: Path) -> float:
    """Return the seconds a worktree takes with eight at the same time."""
    start = time.perf_counter()
    with ThreadPoolExecutor(WIDTH) as pool:
        list(pool.map(lambda number: act(project, f"t{number}"), range(COUNT)))
    return (time.perf_counter() - start) / COUNT


def main() -> None:
    """Time both in turn and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder).resolve())
        OPENED[project] = repository.open_at(project)
        pairs = [(timed(ours, project), timed(bare, project)) for _ in range(ROUNDS + 1)][1:]
    for at, name in enumerate(("batchpack: make, check, look, remove", "git worktree add and remove, update-ref -d")):
        seconds = sorted(pair[at] * 1000 for pair in pairs)
        print(f"{name:<45} median {statistics.median(seconds):6.1f} ms   min {seconds[0]:6.1f}   n={ROUNDS}")
    ratio = statistics.median(pair[0] for pair in pairs) / statistics.median(pair[1] for pair in pairs)
    print(f"ratio of medians {ratio:.2f} (aim: at most 1.5); {os.cpu_count()} processors")
    print(
        f"of {(ROUNDS + 1) * COUNT} bare `git worktree add` {len(FAILED)} failed beside others, which made them short"
    )


if __name__ == "__main__":
    main()
