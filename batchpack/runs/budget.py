"""What a run's commands may put into their reader's context, counted so that the promise is kept by a program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from batchpack.runs.store import Run

BYTES_AN_AGENT = 300
FEWEST_AGENTS = 8
"""A run with fewer agents may use what that many could: it needs nearly as many commands."""
COUNT = re.compile(r"[0-9]{1,9}")


def spend(run: Run, lines: Sequence[str]) -> str:
    """Return lines as the text to print, its bytes counted; a count that cannot be kept is no reason to fail."""
    text = "\n".join(lines)
    with suppress(OSError), _file(run).open("a") as stream:
        stream.write(f"{len(text.encode()) + 1}\n")
    return text


def left(run: Run) -> int:
    """Return how many bytes the run's commands may still print; less than 0 when retries took more."""
    allowed = BYTES_AN_AGENT * max(FEWEST_AGENTS, len(run.facts.roles))
    return allowed - spent(run)


def spent(run: Run) -> int:
    """Return how many bytes the run's commands have printed."""
    try:
        counts = _file(run).read_text(errors="replace").split()
    except OSError:
        return 0
    return sum(int(count) for count in counts if COUNT.fullmatch(count))


def _file(run: Run) -> Path:
    """Return the file of counts."""
    return run.folder / "printed"
