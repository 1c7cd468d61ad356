"""Real items through workers that are killed and frozen: `python -m tests.soaks.items [ITEMS [WORKERS [SEED]]]`."""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from batchpack.output import say
from batchpack.queue import database
from batchpack.queue.store import SqliteQueue
from tests.support.item_pool import Pool, account, fill, notes
from tests.support.project import Project

POISON = 5
EVERY = 0.5
"""Seconds between two blows."""


def main(items: int = 500, workers: int = 8, seed: int = 1) -> None:
    """Work through the items and print the totals; an assertion fails where an item is lost or done twice."""
    with tempfile.TemporaryDirectory() as base:
        project = Project(Path(base))
        folder = fill(project.folder, items, POISON, chunks=items // 50)
        begun = time.monotonic()
        pool = Pool(folder, workers, seed)
        pool.run(EVERY, seconds=1800)
        check(folder, items)
        say(f"{items} items, {workers} workers, {time.monotonic() - begun:.0f} s; seed {seed}")
        say(f"kill -9: {pool.done['killed']}; died of poison: {pool.done['died'] - pool.done['killed']}")
        say(f"frozen for longer than the lease: {pool.done['frozen']}")
        tell(folder)
        say("Then what was given up is done again, and nobody is harmed:")
        say(project.run("items", "requeue", "--all", "dead").assert_ok().out.strip())
        Pool(folder, workers).run(math.inf, seconds=600)
        check(folder, items)
        assert POISON == account(folder)[0]["dead"]
        tell(folder)
        say(project.run("receipts", "verify").assert_ok().out.strip())


def check(folder: Path, items: int) -> None:
    """Hold the batch to its promise: every item at one end, every end reported by one claim."""
    ends, total = account(folder)
    assert (items, items, 0) == (total, sum(ends.values()), ends["lost"]), ends
    found = notes(folder)
    accepted = Counter(task for task, _ in found.get("accepted", []))
    assert {1} == set(accepted.values()), accepted.most_common(3)
    with SqliteQueue(folder / database.NAME) as queue:
        for task, token in found.get("accepted", []):
            assert token == queue.get(task).token, f"{task} was ended by an old claim"
    assert {"accepted", "late"} >= set(found), {end: who for end, who in found.items() if end != "accepted"}


def tell(folder: Path) -> None:
    """Print where the items and the tasks ended, and what was refused."""
    ends, total = account(folder)
    with SqliteQueue(folder / database.NAME) as queue:
        counts = queue.counts()
    say(f"items: {', '.join(f'{number} {end}' for end, number in sorted(ends.items()))} = {total}")
    say(f"tasks: {', '.join(f'{number} {end}' for end, number in counts.items() if number)}")
    say(f"late reports, all refused: {len(notes(folder).get('late', []))}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
