"""Figures shown again and again until the reader has seen enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from batchpack.output import is_terminal, say, watched

FEW = 5
"""Rows of a table while it is watched, so that all tables have room."""


def watch(look: Callable[[], Sequence[str]], seconds: float) -> None:
    """Show what there is every so many seconds: in place on a terminal, else anew whenever it has changed."""
    shown = "\n".join(look())
    if not is_terminal():
        _print(look, shown, seconds)
        return
    page = _page(shown)
    with watched(lambda: page):
        while True:
            time.sleep(seconds)
            page = _page("\n".join(look()))


def _page(shown: str) -> str:
    """Return what stands on the terminal; its foot may be cut off."""
    return f"at {_clock()}; Ctrl-C ends it\n\n{shown}"


def _clock() -> str:
    """Return the time on the reader's clock."""
    return f"{datetime.now().astimezone():%H:%M:%S}"


def _print(look: Callable[[], Sequence[str]], shown: str, seconds: float) -> None:
    """Print what has changed, with the time, for logs and pipes."""
    while True:
        say(f"--- {_clock()}\n{shown}")
        before = shown
        while shown == before:
            time.sleep(seconds)
            shown = "\n".join(look())
