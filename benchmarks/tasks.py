"""The task CLI against bare Python, the bare reading of the same files, a TypeScript peer, and sixteen of itself.

The peer is what task files are usually read with: a script of a few lines run by `npx ts-node`. Give the folder of
`npm install ts-node@10 typescript@5 @types/node@20` as the argument to include it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from timing import Command, compare, once

PROGRAMS = Path(sys.executable).parent
TASK_CLI = str(PROGRAMS / "task-cli")
ROUTER = ["bash", ".opencode/skill/task-management/router.sh"]
WIDTH = 16
READ = """
import json, os
folder = '.tmp/tasks/f'
for name in os.listdir(folder):
    with open(f'{folder}/{name}', encoding='utf-8') as file:
        json.loads(file.read())
"""
PEER = """
import * as fs from "fs"
const folder = ".tmp/tasks/f"
const read = (name: string): any => JSON.parse(fs.readFileSync(`${folder}/${name}`, "utf-8"))
const names: string[] = fs.readdirSync(folder).filter((name) => name.startsWith("subtask_")).sort()
const subtasks = names.map(read)
const done = subtasks.filter((subtask) => subtask.status === "completed").length
console.log(`[f] ${read("task.json").name} ${done}/${subtasks.length}`)
for (const subtask of subtasks) console.log(`${subtask.seq} - ${subtask.title} [${subtask.status}]`)
"""


def write_feature(project: Path, count: int, name: str = "f", *, chain: int = 10) -> Path:
    """Write a feature of some subtasks in chains of ten, or of another length; returns the project."""
    folder = project / ".tmp" / "tasks" / name
    folder.mkdir(parents=True)
    (project / ".git").mkdir(exist_ok=True)
    task = {"id": name, "name": "F", "status": "active", "objective": "o", "subtask_count": count, "completed_count": 0}
    (folder / "task.json").write_text(json.dumps(task | {"created_at": "2026-02-03T10:00:00.000Z"}, indent=2))
    for number in range(1, count + 1):
        subtask = {
            "id": f"{name}-{number:02d}", "seq": f"{number:02d}", "title": f"Task {number}", "status": "pending",
            "depends_on": [f"{number - 1:02d}"] if number % chain != 1 % chain else [], "parallel": True,
            "context_files": ["a.md"],
            "acceptance_criteria": ["it works"], "deliverables": [f"src/f{number}.ts"], "agent_id": None,
            "started_at": None, "completed_at": None, "completion_summary": None,
        }  # fmt: skip
        (folder / f"subtask_{number:02d}.json").write_text(json.dumps(subtask, indent=2))
    return project


def peak(command: Command) -> float:
    """Return the largest memory of a command and what it starts, in megabytes."""
    child = subprocess.Popen(command.argv, cwd=command.prepare(), env=dict(command.env), stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_maxrss / 1024


def install(project: Path, env: dict[str, str]) -> None:
    """Install the pack for opencode into a project, so that it has a router.sh."""
    words = ["install", "--host", "opencode", "--scope", "project", "--yes", "--no-check"]
    once(Command("batchpack install", [str(PROGRAMS / "batchpack"), *words], lambda: project, env))


def against_peer(status: Command, small: Path, modules: Path) -> None:
    """Print time and memory against the peer."""
    (modules / "status.cts").write_text(PEER)
    script = ["npx", "--prefix", str(modules), "ts-node", str(modules / "status.cts")]
    peer = Command("status, 20 subtasks, npx ts-node", script, lambda: small, status.env)
    compare(status, peer, rounds=11, aim=0.05)
    ours, theirs = peak(status), peak(peer)
    print(f"memory {ours:.0f} MB / {theirs:.0f} MB, ratio {ours / theirs:.2f} (aim: at most 0.25)")


def growth(base: Path, env: dict[str, str]) -> None:
    """Print how the time of each command grows with the number of subtasks, one size after the other in each round."""
    counts = (2_500, 5_000, 10_000)
    projects = [write_feature(base / str(count), count) for count in counts]
    for word in ("next", "parallel", "batches", "validate"):
        commands = [Command(word, [TASK_CLI, word, "f"], lambda at=project: at, env) for project in projects]
        rounds = [[once(command) for command in commands] for _ in range(7)]
        medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
        said = ", ".join(f"{count:,}: {each * 1000:.0f} ms" for count, each in zip(counts, medians, strict=True))
        print(f"task-cli {word:<8} {said}; 10,000 / 2,500 is {medians[-1] / medians[0]:.2f} (aim: at most 4)")


def together(commands: Sequence[Command]) -> list[float]:
    """Start all commands at once; returns the seconds that each one's caller waited."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(once, commands))


def contention(base: Path, env: dict[str, str], rounds: int = 40) -> None:
    """Print what a caller of `complete` waits alone and beside fifteen others, and what of it is not the lock."""
    project = write_feature(base / "race", rounds, "alone", chain=1)

    def complete(feature: str, number: int) -> Command:
        words = [TASK_CLI, "complete", feature, f"{number:02d}", "done"]
        return Command("task-cli complete", words, lambda: project, env)

    def fresh(name: str) -> str:
        write_feature(project, WIDTH, name, chain=1)
        return name

    bare = Command("python -c pass", [sys.executable, "-c", "pass"], lambda: project, env)
    each = range(1, WIDTH + 1)
    shapes: dict[str, Callable[[int], list[Command]]] = {
        "one complete alone": lambda turn: [complete("alone", turn + 1)],
        "16 completes of one feature": lambda turn: [
            complete(name, n) for name in [fresh(f"one-{turn}")] for n in each
        ],
        "16 completes of 16 features": lambda turn: [complete(fresh(f"own-{turn}-{n}"), n) for n in each],
        "one python -c pass alone": lambda _: [bare],
        "16 times python -c pass": lambda _: [bare] * WIDTH,
    }
    taken: dict[str, list[float]] = {name: [] for name in shapes}
    for turn in range(rounds):
        for name, make in shapes.items():
            taken[name].extend(together(make(turn)))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, seconds in taken.items():
        print(
            f"{name:<30} median wait {medians[name] * 1000:7.1f} ms   max {max(seconds) * 1000:7.1f}   n={len(seconds)}"
        )
    alone, one, own, single, many = medians.values()
    print(
        f"16 at once / alone: {one / alone:.2f} (aim: at most 3); bare interpreters: {many / single:.2f}; "
        f"one feature / 16 features, which is the lock: {one / own:.2f}; processors: {os.cpu_count()}"
    )


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        base = Path(folder)
        env = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": folder}
        small = write_feature(base / "small", 20)
        install(small, env)
        status = Command("router.sh status f, 20 subtasks", [*ROUTER, "status", "f"], lambda: small, env)
        compare(status, Command("python -c pass", [sys.executable, "-c", "pass"], lambda: small, env), rounds=31, aim=8)
        if len(sys.argv) > 1:
            against_peer(status, small, Path(sys.argv[1]).resolve())
        growth(base, env)
        large = base / "10000"
        many = Command("task-cli next f, 10,000 subtasks", [TASK_CLI, "next", "f"], lambda: large, env)
        read = Command("reading and parsing the same files", [sys.executable, "-c", READ], lambda: large, env)
        compare(many, read, rounds=11, aim=3)
        contention(base, env)


if __name__ == "__main__":
    main()
