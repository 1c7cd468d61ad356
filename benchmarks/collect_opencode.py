"""Collecting opencode's sessions against reading and parsing their messages and parts; what is new against all.

`collect_opencode.py [MESSAGES [ROUNDS]]`: the messages in the database that is made (100,000), and how often (3).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the records are those of the tests

from timing import Command, once  # noqa: E402

from tests.support.opencode_records import NOON, Records, answer  # noqa: E402

LENGTH, PARTS = 50, 3
"""Messages of a session, and parts of a message."""
COLLECT = """
import resource
from batchpack import ledger, manager
from batchpack.metrics.collecting import collect
with ledger.open() as opened:
    done = collect([manager.load().collectors["opencode"]], opened)
print(done.requests, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
READ = """
import json, os, sqlite3
from pathlib import Path
path = Path(os.environ["HOME"]) / ".local/share/opencode/opencode.db"
for table in ("message", "part"):
    for (data,) in sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute(f"SELECT data FROM {table}"):
        json.loads(data)
"""


def write(home: Path, messages: int) -> Records:
    """Write a database of sessions of which nine in ten are agents that the tenth one started."""
    records = Records(home)
    with closing(records.connect()) as database:
        database.execute("BEGIN")
        for session in range(messages // LENGTH):
            parent = None if session % 10 == 0 else _session(session - session % 10)
            row = (_session(session), "p", parent, "/work", "t", "general", NOON, NOON)
            database.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            database.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", _messages(session))
            database.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", _parts(session))
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return records


def _session(number: int) -> str:
    """Return the id of a session."""
    return f"ses_{number:024d}"


def _message(session: int, number: int) -> tuple[str, int]:
    """Return the id and the time of a message."""
    at = NOON + session * 100_000 + number * 1_000
    return f"msg_{at * 4096 % 2**48:012x}{number:014d}", at


def _messages(session: int) -> Iterator[tuple[object, ...]]:
    """Yield the messages of a session: one of somebody who asks, then answers."""
    for number in range(LENGTH):
        key, at = _message(session, number)
        data = answer(at, 100 + number) if number else {"role": "user", "time": {"created": at}}
        yield key, _session(session), at, at, json.dumps(data)


def _parts(session: int) -> Iterator[tuple[object, ...]]:
    """Yield the parts of the messages of a session: calls of tools with what came of them."""
    for number in range(LENGTH):
        key, at = _message(session, number)
        for part in range(PARTS):
            data = {"type": "tool", "tool": "bash", "callID": f"call_{part}", "state": {"output": "word " * 400}}
            yield f"prt_{session}_{number}_{part}", key, _session(session), at, at, json.dumps(data)


def show(name: str, seconds: list[float]) -> float:
    """Print a line and return the median."""
    print(f"{name:<45} median {statistics.median(seconds) * 1000:8.0f} ms   min {min(seconds) * 1000:8.0f}")
    return statistics.median(seconds)


def passes(records: Records, env: Mapping[str, str], rounds: int) -> None:
    """Print a first pass, one over a message more, and one over nothing new, against the bare reading."""
    home = Path(env["HOME"])

    def command(name: str, text: str) -> Command:
        return Command(name, [sys.executable, "-c", text], lambda: home, env)

    timed: list[list[float]] = []
    for _ in range(rounds):
        for path in home.glob(".local/state/batchpack/metrics.sqlite*"):
            path.unlink()
        row = [once(command("first", COLLECT))]
        records.answer(_session(1))
        row += [once(command("new", COLLECT)), once(command("same", COLLECT))]
        timed.append([*row, once(command("reading", READ)), once(command("start", "import batchpack.manager"))])
    names = ("first pass", "one message more", "nothing new", "reading and parsing the rows", "starting the program")
    first, more, same, bare, _ = (
        show(name, list(seconds)) for name, seconds in zip(names, zip(*timed, strict=True), strict=True)
    )
    print(f"first pass / reading and parsing: {first / bare:.2f} (aim: at most 2)")
    print(f"one message more / first: {more / first:.3f}, nothing new / first: {same / first:.3f} (aim: at most 0.05)")


def peak(messages: int) -> int:
    """Return the megabytes that a first pass needs."""
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        write(Path(folder), messages)
        env = {"PATH": os.environ["PATH"], "HOME": folder}
        words = [sys.executable, "-c", COLLECT]
        return int(subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout.split()[1])


def main() -> None:
    """Print the tables."""
    messages, rounds = int((sys.argv[1:] or ["100000"])[0]), int((sys.argv[2:] or ["3"])[0])
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        records = write(Path(folder), messages)
        size = records.path.stat().st_size
        print(f"{messages:,} messages in {messages // LENGTH:,} sessions, {size / 1e6:,.0f} MB")
        passes(records, {"PATH": os.environ["PATH"], "HOME": folder}, rounds)
    whole, part = peak(messages), peak(messages // 10)
    print(f"memory: {whole} MB, {part} MB for a tenth, ratio {whole / part:.2f} (aim: flat, about 1)")


if __name__ == "__main__":
    main()
