"""The names of batches, tasks and workers, checked by pattern before anything is made of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from batchpack.errors import UsageError

LATEST = "latest"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NAMES = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}+\n)*+")
_WORKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class BadName(UsageError):
    """A word that cannot be the name of a batch, an item, a task or a worker."""

    def __init__(self, kind: str, word: str) -> None:
        super().__init__(
            f"{word[:80]!r} cannot be the name of {'an' if kind[0] in 'aio' else 'a'} {kind}",
            "names have up to 64 letters, digits, points, hyphens and underscores, and begin with a letter or digit",
        )


def check(kind: str, word: str) -> str:
    """Return a word that may name a batch, an item or a task; raises BadName for one that could lead elsewhere."""
    if not _NAME.fullmatch(word) or ".." in word or word.endswith(".lock"):
        raise BadName(kind, word)
    return word


def are_names(words: Sequence[str]) -> bool:
    """Tell whether `check` takes each of many words; all of them at once, which is cheaper than one by one."""
    text = "\n".join([*words, ""])
    if text.count("\n") != len(words) or ".." in text or ".lock\n" in text:
        return False
    return _NAMES.fullmatch(text) is not None


def check_batch(word: str) -> str:
    """Return a word that may name a new batch; `latest` means another thing."""
    if word == LATEST:
        raise BadName("batch", word)
    return check("batch", word)


def check_worker(word: str) -> str:
    """Return a word that may name a worker; `@` may stand in it, as in user@machine."""
    if not _WORKER.fullmatch(word):
        raise BadName("worker", word)
    return word


def new_batch(now: datetime) -> str:
    """Make a name: the time in UTC and four hexadecimal digits, the first a letter so that it is no year."""
    high, low = os.urandom(2)
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}-{10 + high % 6:x}{high >> 4:x}{low:02x}"
