"""A whole `batchpack run`: with worktrees against the bare loop of git, a random graph against its bound, memory.

`python benchmarks/run.py [worktrees] [graph] [memory]`
"""

from __future__ import annotations

import heapq
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from timing import Command, compare
from worktrees import bare, make_project

WIDTH = 8
NOOP = 200
SEED = 7
Task = tuple[str, float, tuple[str, ...]]


def environment(home: Path) -> dict[str, str]:
    """Return the variables that the commands see."""
    return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home)}


def write(folder: Path, tasks: Sequence[dict[str, object]]) -> None:
    """Write a plan."""
    listed = [{"title": str(task["id"]), **task} for task in tasks]
    (folder / "plan.yaml").write_text(yaml.safe_dump({"name": "bench", "tasks": listed}))


def run(folder: Path, *options: str) -> list[str]:
    """Return the command that carries the plan of a folder out."""
    return [sys.executable, "-m", "batchpack", "run", str(folder / "plan.yaml"), "-j", str(WIDTH), *options]


def worktrees(base: Path) -> None:
    """Time 200 no-op tasks with worktrees against `git worktree add` and `remove` for as many, at the same width."""
    project = make_project(base)
    write(base, [{"id": f"t{number}", "command": "true"} for number in range(NOOP)])
    loop = [sys.executable, __file__, "bare", str(project)]
    env = environment(base)
    ours = Command(f"batchpack run, {NOOP} no-op tasks in worktrees", run(base), lambda: project, env)
    compare(ours, Command("git worktree add + remove", loop, lambda: project, env), rounds=3, aim=1.5)


def bare_loop(project: Path) -> None:
    """Add and remove as many worktrees by git alone."""
    with ThreadPoolExecutor(WIDTH) as pool:
        list(pool.map(lambda number: bare(project, f"t{number}"), range(NOOP)))


def random_graph() -> list[Task]:
    """Return 100 tasks of 0.2 to 2 seconds, each after up to three of those before it."""
    dice = random.Random(SEED)
    tasks: list[Task] = []
    for number in range(100):
        before = dice.sample(range(number), min(number, dice.randrange(4))) if dice.random() < 0.7 else []
        tasks.append((f"t{number}", dice.uniform(0.2, 2.0), tuple(f"t{other}" for other in before)))
    return tasks


def bound(tasks: Sequence[Task]) -> float:
    """Return when a list scheduler that starts the longest chain first, and takes no time itself, is at the end."""
    tail = dict.fromkeys((name for name, _, _ in tasks), 0.0)
    for name, seconds, before in reversed(tasks):
        for other in before:
            tail[other] = max(tail[other], tail[name] + seconds)
    left = {name: len(before) for name, _, before in tasks}
    length = {name: seconds for name, seconds, _ in tasks}
    ready = [(-tail[name] - length[name], name) for name in left if not left[name]]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < WIDTH:
            _, name = heapq.heappop(ready)
            heapq.heappush(running, (now + length[name], name))
        now, done = heapq.heappop(running)
        for name, _, before in tasks:
            if done in before:
                left[name] -= 1
                if not left[name]:
                    heapq.heappush(ready, (-tail[name] - length[name], name))
    return now


def graph(base: Path) -> None:
    """Time a random graph of sleeps against the bound."""
    tasks = random_graph()
    write(base, [{"id": n, "command": f"sleep {s:.3f}", "depends_on": list(b)} for n, s, b in tasks])
    best = bound(tasks)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(run(base, "--no-worktrees"), cwd=base, env=environment(base), check=True, capture_output=True)
        took.append(time.perf_counter() - start)
    median = statistics.median(took)
    print(f"100 tasks of 0.2-2 s, {WIDTH} wide: {median:.2f} s, list scheduling without overhead {best:.2f} s")
    print(f"ratio {median / best:.3f} (aim: at most 1.05)")


def memory(base: Path) -> None:
    """Measure the memory of an orchestrator of 10,000 tasks, of which it carries out the first thousands."""
    write(base, [{"id": f"t{number}", "command": "true"} for number in range(10_000)])
    child = subprocess.Popen(
        run(base, "--no-worktrees"),
        cwd=base,
        env=environment(base),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak, start = 0, time.perf_counter()
    while child.poll() is None:
        try:
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{child.pid}/status").read_text())
        except OSError:
            break
        peak = max(peak, int(found[1]) if found else 0)
        time.sleep(0.2)
    seconds = time.perf_counter() - start
    print(f"10,000 tasks: {peak / 1024:.0f} MB at most (aim: at most 150), {seconds / 10:.1f} ms a task")
    if child.returncode:
        raise SystemExit(f"the run ended with {child.returncode}")


PARTS = {"worktrees": worktrees, "graph": graph, "memory": memory}


def main() -> None:
    """Run the parts that are named, or all."""
    for name in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        bare_loop(Path(sys.argv[2]))
    else:
        main()
