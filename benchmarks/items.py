"""Items added, cut into chunks and counted, against reading and parsing the same file: `items.py [ITEMS [ROUNDS]]`.

Each step is a process of its own, its processor time taken as a whole; megabytes are the largest memory of any of them.
Two kinds of
items: e-mails of about 1.1 kB, and rows of a log of about 120 bytes, of which each costs more than its bytes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

BATCHPACK = [sys.executable, "-m", "batchpack", "items"]
READ = """
import json
count = 0
with open('items.jsonl', encoding='utf-8') as lines:
    for line in lines:
        json.loads(line)
        count += 1
print(count)
"""
WORDS = (
    "the",
    "meeting",
    "about",
    "numbers",
    "moved",
    "to",
    "Thursday",
    "please",
    "send",
    '"your part"',
    "before noon",
)
PAGES = 15


def write(path: Path, count: int, words: int) -> None:
    """Write items with texts of about so many words."""
    chosen = random.Random(1)
    with path.open("w") as out:
        for n in range(count):
            at = f"2025-{1 + n * 12 // count:02d}-{1 + n % 28:02d}T10:{n % 60:02d}:00Z"
            text = " ".join(chosen.choices(WORDS, k=words))
            out.write(json.dumps({"id": f"item-{n:07d}", "at": at, "sender": f"s{n % 97}", "text": text}) + "\n")


def run(argv: Sequence[str], folder: Path) -> tuple[float, float]:
    """Return the seconds of processor time that a command took, and its largest memory in megabytes.

    Both sides run on one processor each; seconds on the wall also measure who else uses the machine.
    """
    with (folder / "said").open("w") as said:
        child = subprocess.Popen(argv, cwd=folder, stdout=said, env={**os.environ, "HOME": str(folder)})
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(argv)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def ours(folder: Path, by: str) -> tuple[list[float], float]:
    """Add, cut and count once; returns the seconds of each and the largest memory."""
    shutil.rmtree(folder / ".batchpack", ignore_errors=True)
    steps = (["add", "items.jsonl"], ["chunk", "--by", by], ["status", "--json"])
    done = [run([*BATCHPACK, *words], folder) for words in steps]
    return [seconds for seconds, _ in done], max(peak for _, peak in done)


def compare(folder: Path, count: int, rounds: int, by: str) -> None:
    """Run both in turn and print a line."""
    read, all_steps, peaks = list[float](), list[list[float]](), list[float]()
    for _ in range(rounds):
        read.append(run([sys.executable, "-c", READ], folder)[0])
        steps, peak = ours(folder, by)
        all_steps.append(steps)
        peaks.append(peak)
    medians = [statistics.median(column) for column in zip(*all_steps, strict=True)]
    total, bare = statistics.median(map(sum, all_steps)), statistics.median(read)
    told = " + ".join(f"{name} {seconds:.1f}" for name, seconds in zip(("add", "chunk", "count"), medians, strict=True))
    print(
        f"{count:,} items, --by {by:<6} {told} = {total:.1f} s; reading and parsing {bare:.1f} s; "
        f"ratio {total / bare:.2f} (aim: at most 3); {max(peaks):.0f} MB (aim: at most 200)",
        flush=True,
    )


def pages(folder: Path, count: int) -> None:
    """Print what a page costs at the beginning and at the end."""
    first, last = ([*BATCHPACK, "list", "--json", "--after", str(after)] for after in (0, count - 50))
    times = [[run(words, folder)[0] for words in (first, last)] for _ in range(PAGES)]
    begin, end = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"a page of 50: first {begin * 1000:.0f} ms, last {end * 1000:.0f} ms; ratio {end / begin:.2f} (aim: 1)")


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as name:
        folder = Path(name)
        for words, title in ((170, "e-mails"), (8, "rows of a log")):
            write(folder / "items.jsonl", count, words)
            print(f"{title} of {(folder / 'items.jsonl').stat().st_size / count:,.0f} bytes")
            for by in ("size", "month"):
                compare(folder, count, rounds, by)
            pages(folder, count)


if __name__ == "__main__":
    main()
