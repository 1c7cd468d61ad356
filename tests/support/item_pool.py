"""A pool of workers that are killed and frozen at random, and the count of what they left."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.queue import batches, database
from batchpack.queue.rows import Refused
from batchpack.queue.store import SqliteQueue
from batchpack.queue.values import Draft
from tests.support.item_worker import LEASE
from tests.support.project import ROOT

CHUNK = 20
FREEZE_SECONDS = 2.5 * LEASE


def sources(folder: Path, count: int, poison: int) -> list[Path]:
    """Choose modules of the standard library, a few that are empty or no Python among them, and make the poison."""
    library = sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py"))
    chosen = random.Random(5).sample([path for path in library if path.stat().st_size < 200_000], count - poison)
    made = [folder / f"poison-{number}.py" for number in range(poison)]
    for path in made:
        path.write_text("poison")
    return [*chosen, *made]


def fill(project: Path, count: int, poison: int, chunks: int) -> Path:
    """Make a batch of items: some in chunks, the rest, with the poison, as tasks of their own; returns its folder."""
    folder = batches.make(project, "stdlib")
    found = sources(project, count, poison)
    rows, drafts = [], [Draft(f"chunk-{number:02d}", "chunk", chunk=number) for number in range(1, chunks + 1)]
    for number, path in enumerate(found):
        chunk = number // CHUNK + 1 if number < chunks * CHUNK else None
        rows.append((f"item-{number:03d}", hashlib.sha256(path.read_bytes()).hexdigest(), str(path), chunk))
        drafts += [] if chunk else [Draft(rows[-1][0], "item", item=rows[-1][0])]
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        connection.executemany(
            "INSERT INTO item (id, sha256, size, tokens, locator, chunk) VALUES (?, ?, 1, 1, ?, ?)", rows
        )
    with SqliteQueue(folder / database.NAME) as queue:
        queue.add(drafts)
        with suppress(Refused):  # the same again, as of a command that is repeated, adds nothing
            queue.add(drafts)
        assert len(drafts) == sum(queue.counts().values())
    return folder


@dataclass
class Pool:
    """Workers, each of which is started anew when it dies, and what was done to them."""

    folder: Path
    width: int
    seed: int = 1
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    frozen: dict[str, float] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def run(self, every: float, seconds: float) -> None:
        """Let the workers work to the end, and kill or freeze one every so often."""
        chance, hit, end = random.Random(self.seed), time.monotonic() + every, time.monotonic() + seconds
        with SqliteQueue(self.folder / database.NAME) as queue:
            while queue.soonest() is not None:
                assert time.monotonic() < end, f"not done after {seconds} s: {queue.counts()}"
                self._start_missing()
                self._wake()
                if time.monotonic() >= hit:
                    self._harm(chance)
                    hit = time.monotonic() + every
                time.sleep(0.02)
        self._finish()

    def _start_missing(self) -> None:
        """Start a worker in each place where none is."""
        for number in range(self.width):
            name = f"w{number}"
            if name in self.workers and self.workers[name].poll() is None:
                continue
            if name in self.workers:
                self.done["died"] += self.workers[name].returncode == -signal.SIGKILL
                assert self.workers[name].returncode in (0, -signal.SIGKILL)
            words = [sys.executable, "-m", "tests.support.item_worker", str(self.folder), name]
            self.workers[name] = subprocess.Popen(words, cwd=ROOT)
            self.frozen.pop(name, None)

    def _harm(self, chance: random.Random) -> None:
        """Kill a worker at whatever it is at, or freeze it for longer than its lease."""
        name = chance.choice([name for name in self.workers if name not in self.frozen] or ["w0"])
        if chance.random() < 0.5:
            self.workers[name].kill()
            self.done["killed"] += 1
        else:
            self.workers[name].send_signal(signal.SIGSTOP)
            self.frozen[name] = time.monotonic() + FREEZE_SECONDS
            self.done["frozen"] += 1

    def _wake(self, *, all_of_them: bool = False) -> None:
        """Let those go on that were frozen for long enough."""
        for name, end in list(self.frozen.items()):
            if all_of_them or time.monotonic() >= end:
                self.workers[name].send_signal(signal.SIGCONT)
                del self.frozen[name]

    def _finish(self) -> None:
        """Wake all and wait for their end."""
        self._wake(all_of_them=True)
        for worker in self.workers.values():
            worker.wait(30)


def notes(folder: Path) -> dict[str, list[tuple[str, int]]]:
    """Return the claims by what came of them: task and token."""
    found: dict[str, list[tuple[str, int]]] = {}
    for file in folder.glob("*.notes"):
        for line in file.read_text().splitlines():
            task, token, ended = line.split(" ", 2)
            found.setdefault(ended, []).append((task, int(token)))
    return found


def account(folder: Path) -> tuple[Counter[str], int]:
    """Count each item once by where it ended; returns the counts and the number of items.

    An item is where its record says, else with its task in the dead letter; anything else is `lost`.
    """
    with database.opened(folder / database.NAME) as connection:
        rows = connection.execute(
            "SELECT item.id, record.disposition, task.status FROM item LEFT JOIN record ON record.item = item.id"
            " LEFT JOIN task ON task.item = item.id OR task.chunk = item.chunk"
        ).fetchall()
        total = connection.execute("SELECT count(*) FROM item").fetchone()[0]
    assert len({row[0] for row in rows}) == len(rows)
    ends = Counter(row[1] or ("dead" if row[2] == "dead" else "lost") for row in rows)
    return ends, total
