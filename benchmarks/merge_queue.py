"""The merge queue: how often its gate runs to find two culprits among 64, and what a merge costs beside git's own.

The peer for the time is `git merge --no-ff` of the same branches, one after another, in a worktree of its own.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from batchpack.merging.merger import Merger
from batchpack.merging.queue import Queue
from batchpack.merging.values import Entry, Progress

COUNT = 64
CULPRITS = (20, 41)
TARGET = "refs/heads/integration"
WHO = "T <t@example.com>"
ROUNDS = 5


def git(root: Path, *words: str, stdin: str = "") -> str:
    """Run git and return what it printed."""
    done = subprocess.run(["git", "-C", str(root), *words], input=stdin, capture_output=True, text=True, check=True)
    return done.stdout


def repository(root: Path, files: int = 500) -> list[str]:
    """Make a repository of some files with 64 branches that add a file each; return their commits."""
    git(root.parent, "init", "-q", "-b", "main", str(root))
    git(root, "config", "user.name", "T")
    git(root, "config", "user.email", "t@example.com")
    parts = [f"commit refs/heads/main\ncommitter {WHO} 1700000000 +0000\ndata 1\nx\n"]
    parts += [f"M 100644 inline src/{at % 20}/{at}.txt\ndata 2\nx\n\n" for at in range(files)]
    for number in range(COUNT):
        parts.append(f"commit refs/heads/t{number:02}\ncommitter {WHO} {1700000001 + number} +0000\n")
        parts.append(f"data 1\nx\nfrom refs/heads/main\nM 100644 inline new/{number}.txt\ndata 2\nx\n\n")
    git(root, "fast-import", "--quiet", stdin="".join(parts))
    git(root, "reset", "--hard", "-q")
    git(root, "update-ref", TARGET, "main")
    return [git(root, "rev-parse", f"t{number:02}").strip() for number in range(COUNT)]


def queued(base: Path, gate: tuple[str, ...]) -> Callable[[], Progress]:
    """Queue all 64 branches and return the step that settles them."""
    root = base / "project"
    commits, main = repository(root), git(root, "rev-parse", "main").strip()
    queue = Queue(base / "journal.sqlite")
    for number, commit in enumerate(commits):
        queue.add(Entry(f"t{number:02}", f"Task {number}", f"t{number:02}", commit, main))
    return Merger(root, TARGET, queue, base / "merge", gate, 60, base / "logs").step


def gate_runs(*bad: tuple[int, ...]) -> tuple[Progress, float]:
    """Settle the queue with a gate that fails with all files of one of some sets; return what came out, and seconds."""
    line = "; ".join(["true", *("! ls " + " ".join(f"new/{n}.txt" for n in one) + " || exit 1" for one in bad)])
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        step = queued(Path(folder), (line,))
        began = time.perf_counter()
        return step(), time.perf_counter() - began


def ours() -> float:
    """Return the seconds for merging 64 branches without a gate."""
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        step = queued(Path(folder), ())
        began = time.perf_counter()
        assert len(step().merged) == COUNT
        return time.perf_counter() - began


def theirs() -> float:
    """Return the seconds for merging 64 branches by `git merge` in a worktree, which is made before."""
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        root, tree = Path(folder) / "project", Path(folder) / "tree"
        repository(root)
        git(root, "worktree", "add", "-q", "--detach", str(tree), TARGET)
        began = time.perf_counter()
        for number in range(COUNT):
            git(tree, "merge", "-q", "--no-ff", "-m", f"t{number:02}", f"t{number:02}")
        git(tree, "update-ref", TARGET, "HEAD")
        return time.perf_counter() - began


def main() -> None:
    """Print the tables."""
    most = 2 + 2 * math.log2(COUNT) * 2
    kinds: dict[str, tuple[tuple[int, ...], ...]] = {
        "no culprit": (),
        "two culprits": tuple((number,) for number in CULPRITS),
        "one pair": (CULPRITS,),
        "all culprits": tuple((number,) for number in range(COUNT)),
    }
    for name, bad in kinds.items():
        progress, seconds = gate_runs(*bad)
        aim = f" (aim: at most {most:.0f})" if name == "two culprits" else ""
        settled = f"{len(progress.merged)} merged, {len(progress.culprits)} back"
        print(f"{COUNT} ready, {name:<13} {settled:<22} {progress.gate_runs:>3} runs of the gate{aim}, {seconds:.1f} s")
    pairs = [(ours(), theirs()) for _ in range(ROUNDS)]
    for name, at in (("the queue", 0), ("git merge", 1)):
        seconds = statistics.median(pair[at] for pair in pairs)
        print(f"{COUNT} merges by {name:<10} median {seconds * 1000:7.0f} ms, {seconds / COUNT * 1000:.1f} ms each")
    ratio = statistics.median(pair[0] for pair in pairs) / statistics.median(pair[1] for pair in pairs)
    print(f"ratio of medians {ratio:.2f} (aim: at most 1)")


if __name__ == "__main__":
    main()
