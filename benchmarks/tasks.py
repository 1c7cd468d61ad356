"""`task-cli status` and `next` against bare Python, the bare reading of the same files, and a TypeScript peer.

The peer is what task files are usually read with: a script of a few lines run by `npx ts-node`. Give the folder of
`npm install ts-node@10 typescript@5 @types/node@20` as the argument to include it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import Command, compare

TASK_CLI = str(Path(sys.executable).parent / "task-cli")
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


def write_feature(project: Path, count: int) -> Path:
    """Write a feature of some subtasks in chains of ten; returns the project."""
    folder = project / ".tmp" / "tasks" / "f"
    folder.mkdir(parents=True)
    (project / ".git").mkdir()
    task = {"id": "f", "name": "F", "status": "active", "objective": "o", "subtask_count": count, "completed_count": 0}
    (folder / "task.json").write_text(json.dumps(task | {"created_at": "2026-02-03T10:00:00.000Z"}, indent=2))
    for number in range(1, count + 1):
        subtask = {
            "id": f"f-{number:02d}", "seq": f"{number:02d}", "title": f"Task {number}", "status": "pending",
            "depends_on": [f"{number - 1:02d}"] if number % 10 != 1 else [], "parallel": True,
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


def against_peer(status: Command, small: Path, modules: Path) -> None:
    """Print time and memory against the peer."""
    (modules / "status.cts").write_text(PEER)
    script = ["npx", "--prefix", str(modules), "ts-node", str(modules / "status.cts")]
    peer = Command("status, 20 subtasks, npx ts-node", script, lambda: small, status.env)
    compare(status, peer, rounds=11, aim=0.05)
    ours, theirs = peak(status), peak(peer)
    print(f"memory {ours:.0f} MB / {theirs:.0f} MB, ratio {ours / theirs:.2f} (aim: at most 0.25)")


def main() -> None:
    """Print the tables."""
    base = Path(tempfile.mkdtemp(prefix="batchpack-bench-"))
    env = {"PATH": os.environ["PATH"], "HOME": str(base)}
    small, middle, large = (write_feature(base / str(count), count) for count in (20, 1_000, 10_000))
    status = Command("task-cli status f, 20 subtasks", [TASK_CLI, "status", "f"], lambda: small, env)
    compare(status, Command("python -c pass", [sys.executable, "-c", "pass"], lambda: small, env), rounds=31, aim=8)
    following = [TASK_CLI, "next", "f"]
    many = Command("task-cli next f, 10,000 subtasks", following, lambda: large, env)
    read = Command("reading and parsing the same files", [sys.executable, "-c", READ], lambda: large, env)
    compare(many, read, rounds=11, aim=3)
    compare(many, Command("task-cli next f, 1,000 subtasks", following, lambda: middle, env), rounds=11, aim=10)
    if len(sys.argv) > 1:
        against_peer(status, small, Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
