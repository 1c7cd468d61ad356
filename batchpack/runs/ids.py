"""The names of runs and tasks, checked by pattern before any path is made of them."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

from batchpack.errors import BatchpackError

RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{4}")
RUN_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,31}")
TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LATEST = "latest"


class BadName(BatchpackError):
    """A word that cannot be the name of a run or a task."""

    def __init__(self, kind: str, word: str) -> None:
        super().__init__(f"{word[:80]!r} is not the name of a {kind}", f"names of {kind}s look like {_EXAMPLES[kind]}")


_EXAMPLES = {"run": "20260102T030405-a1b2, or a1b2 for short", "task": "backend-go"}


def new_run_id(now: datetime) -> str:
    """Make a run id: the time in UTC and four hexadecimal digits, the first a letter so that it is no year."""
    high, low = os.urandom(2)
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{10 + high % 6:x}{high >> 4:x}{low:02x}"


def short(run_id: str) -> str:
    """Return the four digits by which a run is called for short."""
    return run_id.rpartition("-")[2]


def check_run_word(word: str) -> str:
    """Return a word that may name a run: an id, the start of one, its last four digits, or `latest`."""
    if not RUN_WORD.fullmatch(word):
        raise BadName("run", word)
    return word


def check_task(word: str) -> str:
    """Return a word that may name a task; raises BadName for one that could lead elsewhere as a file name."""
    if not TASK_ID.fullmatch(word) or ".." in word or word.endswith(".lock"):
        raise BadName("task", word)
    return word


def matches(run_id: str, word: str) -> bool:
    """Tell whether a word means this run: its start or its last four digits."""
    return run_id.startswith(word) or short(run_id) == word
