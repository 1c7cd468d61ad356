"""Claim and complete by eight processes, against a bare loop of `UPDATE … RETURNING` with the same durability.

Both make two transactions a task, each forced to disk. Ours also takes back what the dead held, counts, fences,
keeps evidence and accounts for items.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from batchpack.queue import batches, database
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft

WIDTH, TASKS, ROUNDS = 8, 2000, 5
WAIT = "print('ready', flush=True); sys.stdin.readline()"
BARE = f"""
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("PRAGMA synchronous = FULL")
{WAIT}
while True:
    row = connection.execute(
        "UPDATE task SET status = 'claimed', assignee = ? WHERE rowid ="
        " (SELECT rowid FROM task WHERE status = 'pending' ORDER BY priority, rowid LIMIT 1) RETURNING id",
        (sys.argv[2],),
    ).fetchall()
    if not row:
        break
    connection.execute("UPDATE task SET status = 'done' WHERE id = ?", row[0])
"""
OURS = f"""
import sys
from pathlib import Path
from batchpack.queue.store import SqliteQueue
with SqliteQueue(Path(sys.argv[1])) as queue:
    {WAIT}
    while (task := queue.claim(sys.argv[2])) is not None:
        queue.complete(task.id, task.token, evidence=["done"])
"""


def bare(folder: Path) -> Path:
    """Make a bare table of tasks."""
    path = folder / "bare.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE task (id TEXT PRIMARY KEY, status TEXT, assignee TEXT, priority INTEGER)")
        connection.execute("CREATE INDEX next ON task (status, priority)")
        rows = [(f"t{number}",) for number in range(TASKS)]
        connection.executemany("INSERT INTO task VALUES (?, 'pending', NULL, 0)", rows)
        connection.commit()
    return path


def ours(folder: Path) -> Path:
    """Make a queue of tasks."""
    path = batches.make(folder, "b") / database.NAME
    with SqliteQueue(path) as queue:
        queue.add(Draft(f"t{number}") for number in range(TASKS))
    return path


def rate(program: str, path: Path) -> float:
    """Let all processes work until nothing is left; returns tasks a second."""
    words = [sys.executable, "-c", program, str(path)]
    workers = [
        subprocess.Popen([*words, f"w{number}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(WIDTH)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    seconds = time.perf_counter() - start
    with closing(sqlite3.connect(path)) as connection:
        done = connection.execute("SELECT count(*) FROM task WHERE status = 'done'").fetchone()[0]
    if done != TASKS or any(worker.returncode for worker in workers):
        raise SystemExit(f"{path.name}: {done} of {TASKS} tasks are done")
    return TASKS / seconds


def main() -> None:
    """Run both in turn and print the table."""
    found: dict[str, list[float]] = {"bare": [], "ours": []}
    with tempfile.TemporaryDirectory() as base:
        for number in range(ROUNDS):
            for name, program, make in (("bare", BARE, bare), ("ours", OURS, ours)):
                folder = Path(base, f"{name}-{number}")
                folder.mkdir()
                found[name].append(rate(program, make(folder)))
    for name, rates in found.items():
        low, high = min(rates), max(rates)
        print(f"{name}: median {statistics.median(rates):7.0f} tasks a second   min {low:7.0f}   max {high:7.0f}")
    ratio = statistics.median(found["ours"]) / statistics.median(found["bare"])
    print(f"{WIDTH} processes, {TASKS} tasks, n={ROUNDS}: ratio of medians {ratio:.2f} (aim: at least 0.3)")


if __name__ == "__main__":
    main()
