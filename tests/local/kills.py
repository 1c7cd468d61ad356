"""A small orchestrator over the local engine, killed again and again, and the books that must add up afterwards.

`python -m tests.local.kills FOLDER TASKS WIDTH SECONDS` is the orchestrator: it begins each task's attempt, takes the
ends, begins a lost one anew, and may be killed and started again at any time. Each attempt writes a line to a ledger
when it begins and when it ends.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.engine import ENDED, Status
from batchpack.local import family, records
from batchpack.local.session import LocalSession
from tests.local.ground import attempt
from tests.support.project import ROOT

KINDS = ("orchestrator", "server", "keeper", "program")


class Orchestrator:
    """Drives tasks to a done attempt each; knows nothing but what the engine says."""

    def __init__(self, folder: Path, tasks: int, width: int, seconds: float) -> None:
        self.folder, self.width, self.seconds = folder, width, seconds
        self.open = [f"t{number}" for number in range(tasks)]
        self.numbers: dict[str, int] = {}
        self.running: set[str] = set()

    async def drive(self) -> None:
        """Work until all tasks are done."""
        session = LocalSession(self.folder / "run", "r")
        for status in (await session.snapshot()).values():
            self.recall(status)
        while self.open:
            ready = [task for task in self.open if task not in self.running]
            for task in ready[: self.width - len(self.running)]:
                self.running.add(task)
                number = self.numbers.get(task, 0) + 1
                script = f"echo B {task}.{number} >> ledger; sleep {self.seconds}; echo E {task}.{number} >> ledger"
                await session.submit(attempt(self.folder, script, task, number))
            for status in await session.changed(5):
                self.take(status)
        await session.close(stop_running=False)

    def recall(self, status: Status) -> None:
        """Take over what an earlier orchestrator did."""
        _, task, number = status.id.split(".")
        self.numbers[task] = max(int(number), self.numbers.get(task, 0))
        if status.state not in ENDED:
            self.running.add(task)
        elif status.code == 0 and task in self.open:
            self.open.remove(task)

    def take(self, status: Status) -> None:
        """Take an end, which may be one that was recalled already."""
        self.running.discard(status.id.split(".")[1])
        self.recall(status)


@dataclass
class Books:
    """What was killed, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    states: dict[str, Status] = field(default_factory=dict)

    def check(self, tasks: int) -> None:
        """Fail unless every task ended once, nothing was begun twice, and only what was killed was lost."""
        begun_twice = [name for name, count in self.begun.items() if count > 1]
        done = [name for name, status in self.states.items() if status.code == 0]
        lost = [name for name, status in self.states.items() if status.state == "lost" and self.begun[name[2:]]]
        failed = [name for name, status in self.states.items() if status.state == "done" and status.code != 0]
        assert begun_twice == [], f"begun twice: {begun_twice}"
        assert {f"t{number}" for number in range(tasks)} == {name.split(".")[1] for name in done}, f"done: {done}"
        assert len(done) == tasks, f"{len(done)} done of {tasks}: {sorted(done)}"
        assert all(self.ended[name[2:]] == 1 for name in done), f"ends: {self.ended}"
        assert len(lost) <= self.kills["keeper"], f"lost: {lost}, killed: {self.kills}"
        assert len(failed) <= self.kills["program"], f"failed: {failed}, killed: {self.kills}"


def _begin(folder: Path, tasks: int, width: int, seconds: float) -> subprocess.Popen[bytes]:
    """Start an orchestrator."""
    words = ["-m", "tests.local.kills", str(folder), str(tasks), str(width), str(seconds)]
    with (folder / "said").open("ab") as said:
        return subprocess.Popen([sys.executable, *words], cwd=ROOT, stderr=said, start_new_session=True)


def _victim(kind: str, folder: Path, orchestrator: int, lot: random.Random) -> int:
    """Return a process of a kind that lives just now, 0 where there is none."""
    if kind == "orchestrator":
        return orchestrator
    if kind == "server":
        return next((pid for pid in family.descendants(orchestrator) if b"server.py" in _words(pid)), 0)
    keepers = [path.parent for path in (folder / "run" / "attempts").glob("*/keeper")]
    lot.shuffle(keepers)
    key = "pid" if kind == "keeper" else "child"
    found = [(records.read(str(path), records.KEEPER) or {}).get(key, 0) for path in keepers]
    return next((pid for pid in found if pid), 0)


def _words(pid: int) -> bytes:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def play(folder: Path, seed: int, *, tasks: int, kills: int, seconds: float = 0.05) -> Books:
    """Drive tasks while processes are killed at random; returns the books, checked."""
    lot, books = random.Random(seed), Books()
    process = _begin(folder, tasks, 4, seconds)
    try:
        while process.poll() != 0:  # killed, it may be found dead only in the next round
            time.sleep(lot.random() * 0.12)
            kind = lot.choice(KINDS)
            victim = _victim(kind, folder, process.pid, lot)
            if sum(books.kills.values()) < kills and victim and process.poll() is None:
                books.kills[kind] += family.tell(victim, signal.SIGKILL)
            if process.poll() not in (None, 0):
                process = _begin(folder, tasks, 4, seconds)
    finally:
        process.kill()
        process.wait()
    _audit(folder, books)
    books.check(tasks)
    return books


def _audit(folder: Path, books: Books) -> None:
    """Read ledger and table."""
    for line in (folder / "ledger").read_text().splitlines():
        word, name = line.split()
        (books.begun if word == "B" else books.ended)[name] += 1

    async def ask() -> dict[str, Status]:
        session = LocalSession(folder / "run", "r")
        found = await session.snapshot()
        await session.close(stop_running=False)
        return found

    books.states = asyncio.run(ask())
    assert "Traceback" not in (folder / "said").read_text(), (folder / "said").read_text()
    left = [path.name for path in (folder / "run" / "attempts").iterdir() if family.marked(str(path))]
    assert left == [], f"processes of {left} are left"


if __name__ == "__main__":
    asyncio.run(Orchestrator(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])).drive())
    os._exit(0)
