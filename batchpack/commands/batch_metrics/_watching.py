"""Figures shown again and again until the reader has seen enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from batchpack.output import is_terminal, say, watched

CLOCK = "%H:%M:%S"


def watch(look: Callable[[], Sequence[str]], seconds: float) -> None:
    """Show what is there every so many seconds: in place on a terminal, else anew whenever it has changed."""
    shown = "\n".join(look())
    if not is_terminal():
        _print(look, shown, seconds)
        return
    with watched(lambda: shown):
        while True:
            time.sleep(seconds)
            shown = "\n".join([*look(), "", f"at {datetime.now().astimezone():{CLOCK}}; Ctrl-C ends it"])


def _print(look: Callable[[], Sequence[str]], shown: str, seconds: float) -> None:
    """Print what has changed, with the time, for logs and pipes."""
    while True:
        say(f"--- {datetime.now().astimezone():{CLOCK}}\n{shown}")
        before = shown
        while shown == before:
            time.sleep(seconds)
            shown = "\n".join(look())
