"""Sums over 1,000,000 requests against adding them up from rows and from lines: `ledger.py [REQUESTS [ROUNDS]]`.

The ledger is filled by its own door, in portions of 10,000; beside it stands what the same requests cost to insert in
a bare table with a unique key, with the same durability. Then `batch-metrics --stats` of the whole ledger is timed as a
process, against one GROUP BY over such rows, and against `json.loads` over the same requests as lines. Processor time,
since seconds on the wall also measure who else uses the machine.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from batchpack import ledger
from batchpack.collector import Portion, Session, Source, Used

PROGRAMS = Path(sys.executable).parent
PORTION, A_SESSION, PARTS = 10_000, 200, 4
MODELS = ("claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5", "gpt-9")
DAYS = 60
TABLE = """CREATE TABLE used (key TEXT UNIQUE, session TEXT, part TEXT, at REAL, model TEXT, input INTEGER,
    output INTEGER, cache_read INTEGER, write_5m INTEGER)"""
ROWS = """
import sqlite3
rows = sqlite3.connect('bare.sqlite').execute('''SELECT model, date(at, 'unixepoch'), count(*), sum(input), sum(output),
    sum(cache_read), sum(write_5m), count(DISTINCT session) FROM used GROUP BY 1, 2''').fetchall()
print(len(rows))
"""
LINES = """
import json
sums = {}
with open('used.jsonl', 'rb') as lines:
    for line in lines:
        one = json.loads(line)
        key = one['model'], one['at'] // 86400
        sums[key] = sums.get(key, 0) + one['input'] + one['output'] + one['cache_read'] + one['write_5m']
print(len(sums))
"""


def portions(count: int) -> Iterator[list[Used]]:
    """Make requests of sessions of some hours, each with agents of its own, over two months."""
    chosen, begin = random.Random(1), time.time() - DAYS * 86400
    for number in range(0, count, PORTION):
        facts: list[Used] = []
        while len(facts) < min(PORTION, count - number):
            session, at = f"{chosen.getrandbits(64):016x}", begin + chosen.random() * (DAYS - 1) * 86400
            for made in range(A_SESSION):
                part = made % PARTS
                one = Session("toy", session, f"p{part}" if part else "", agent="abcd"[part], project="/p/q")
                facts.append(
                    Used(
                        one, f"msg_{chosen.getrandbits(96):024x}", at + made * 20, MODELS[part], chosen.randrange(2000),
                        chosen.randrange(1000), chosen.randrange(200_000), chosen.randrange(5000),
                    )
                )  # fmt: skip
        yield facts


def fill(home: Path, count: int) -> tuple[list[float], list[float]]:
    """Write the same requests to a ledger, a bare table and a file of lines; return the seconds of each portion."""
    ours: list[float] = []
    bare: list[float] = []
    table = sqlite3.connect(home / "bare.sqlite", isolation_level=None)
    table.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLE}")
    with ledger.open(home / ".local/state/batchpack/metrics.sqlite") as book, (home / "used.jsonl").open("w") as lines:
        for number, facts in enumerate(portions(count)):
            begun = time.process_time()
            portion = Portion(tuple(facts), {"n": number + 1})
            book.take("toy", Source("f", "1"), portion, {"n": number} if number else None)
            ours.append(time.process_time() - begun)
            begun = time.process_time()
            table.execute("BEGIN IMMEDIATE")
            rows = [(one.key, one.session.id, one.session.part, *one[2:8]) for one in facts]
            table.executemany("INSERT OR IGNORE INTO used VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            table.execute("COMMIT")
            bare.append(time.process_time() - begun)
            lines.writelines(json.dumps(one._replace(session=None)._asdict()) + "\n" for one in facts)
    table.close()
    return ours, bare


def seconds(words: Sequence[str], home: Path) -> tuple[float, float]:
    """Return the seconds that a process took, on the processor and on the wall."""
    begun = time.perf_counter()
    child = subprocess.Popen(words, cwd=home, stdout=subprocess.DEVNULL, env={"HOME": str(home), "PATH": os.defpath})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun


def compare(home: Path, rounds: int) -> None:
    """Time the questions in turn and print their medians."""
    commands = {
        "batch-metrics --stats": [str(PROGRAMS / "batch-metrics"), "--stats", "--no-collect"],
        "one GROUP BY over rows": [sys.executable, "-c", ROWS],
        "json.loads over lines": [sys.executable, "-c", LINES],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    taken = [{name: seconds(words, home) for name, words in commands.items()} for _ in range(rounds)]
    middle = {name: [statistics.median(one[name][at] for one in taken) for at in (0, 1)] for name in commands}
    for name, (processor, wall) in middle.items():
        print(f"{name:<26} {processor * 1000:8.0f} ms of processor  {wall * 1000:8.0f} ms on the wall   n={rounds}")
    first, *others = (processor for processor, _ in middle.values())
    for name, other in zip(list(commands)[1:3], others, strict=False):
        print(f"ratio to {name}: {first / other:.2f}")
    print("(aims: at most 1 s on one core; at most 1 and 0.2)")


def main(count: int, rounds: int) -> None:
    """Fill a ledger and ask it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ours, bare = fill(home, count)
        print(f"{count:,} requests in portions of {PORTION:,}, in processor time:")
        for name, taken in (("taken by the ledger", ours), ("inserted in a bare table", bare)):
            middle, first, last = (1000 * one for one in (statistics.median(taken), taken[0], taken[-1]))
            print(f"{name:<26} {middle:8.0f} ms a portion (first {first:.0f}, last {last:.0f})")
        print(f"ratio of medians {statistics.median(ours) / statistics.median(bare):.2f} (aim: at most 3)")
        compare(home, rounds)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [1_000_000, 5][len(given) :]))
