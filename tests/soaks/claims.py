"""Races for one task, a thousand rounds each: `python -m tests.soaks.claims [ROUNDS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from batchpack.output import say
from tests.support.queue_races import race

WIDTHS = (2, 8, 32)


def main(rounds: int = 1000) -> None:
    """Race at each width and print how many rounds had how many winners."""
    for width in WIDTHS:
        with tempfile.TemporaryDirectory() as base:
            begun = time.monotonic()
            winners = Counter(race(Path(base), width, rounds))
            said = ", ".join(f"{count} rounds with {number} winner" for number, count in winners.items())
            say(f"{width:>2} processes: {said} ({time.monotonic() - begun:.0f} s)")
            assert winners == {1: rounds}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
