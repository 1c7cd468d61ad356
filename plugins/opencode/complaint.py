"""What opencode says when it does not start, in one line and with the user's own paths."""

from __future__ import annotations

import re
from pathlib import Path

from batchpack.mirror import Mirror
from batchpack.process import ProgramFailed

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PLACE = re.compile(r"at line \d+, column \d+")
LONGEST = 300


def complaint(failed: ProgramFailed, mirror: Mirror, home: Path, project: Path | None) -> str:
    """Return the first line of what it said, with the first place that it names."""
    if failed.completed.code < 0:
        return f"it gave no answer: {failed.message.rsplit(': ', 1)[-1]}"
    said = COLOUR.sub("", failed.completed.err.strip() or failed.completed.out.strip())
    said = said.replace(str(mirror.home), str(home)).replace(str(mirror.project), str(project or "."))
    first = next(iter(said.splitlines()), f"exit code {failed.completed.code}").removeprefix("Error: ").rstrip(": ")
    place = PLACE.search(said)
    return f"it does not start: {first[:LONGEST]}{f', {place[0]}' if place and place[0] not in first else ''}"
