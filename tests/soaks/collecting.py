"""Processes that collect files that grow, killed at any moment: `python -m tests.soaks.collecting [ROUNDS]`."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batchpack import ledger
from batchpack.metrics.collecting import collect
from batchpack.output import say
from tests.support.ledgers import Folder, line
from tests.support.project import ROOT

WIDTH, FILES = 4, 6
COLLECT = """
import sys
from pathlib import Path
from batchpack import ledger
from batchpack.metrics import collecting
from tests.support.ledgers import Folder
collecting.MOST_FACTS = 50
with ledger.open(Path(sys.argv[1])) as book:
    while True:
        collecting.collect([Folder(Path(sys.argv[2]), lines=9)], book)
"""


def one_round(folder: Path, number: int, chosen: random.Random) -> tuple[int, int]:
    """Let files grow under processes that are killed and begun again; return the requests there were and the kills."""
    files, path = folder / f"in-{number}", folder / f"{number}.sqlite"
    files.mkdir()
    words = [sys.executable, "-c", COLLECT, str(path), str(files)]
    running = [subprocess.Popen(words, cwd=ROOT) for _ in range(WIDTH)]
    requests = kills = 0
    end = time.monotonic() + 5
    while time.monotonic() < end:
        name = f"s{chosen.randrange(FILES)}"
        with (files / f"{name}.jsonl").open("a") as stream:
            for _ in range(chosen.randrange(60)):
                requests += 1
                stream.write(line(name, f"{name}:{requests}", input=1) + line(name, f"{name}:{requests}", input=2))
        if chosen.random() < 0.1:
            at = chosen.randrange(WIDTH)
            kills += 1
            running[at].kill()
            running[at].wait()
            running[at] = subprocess.Popen(words, cwd=ROOT)
        time.sleep(0.02)
    for one in running:
        one.kill()
        one.wait()
    check(path, files, requests)
    return requests, kills


def check(path: Path, files: Path, requests: int) -> None:
    """Collect the rest and compare with the truth."""
    with ledger.open(path) as book:
        collect([Folder(files)], book)
        (row,) = book.totals()
        assert (requests, 2 * requests) == (row.requests, row.input), (row, requests)
        assert [] == book.complaints()


def main(rounds: int) -> None:
    """Do so many rounds."""
    chosen, requests, kills = random.Random(1), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            more, killed = one_round(Path(folder), number, chosen)
            requests, kills = requests + more, kills + killed
    say(f"{rounds} rounds, {WIDTH} processes each, {kills} killed: {requests:,} requests, each counted once")


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:2]] or [10])
