"""Ctrl-C while a program begins or ends: it is gone without a word, since nothing was begun, or all of it is done."""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130


def quiet() -> None:
    """End without a word at an interrupt from now on; where they are ignored, as behind `nohup`, they stay so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def heard() -> bool:
    """Have an interrupt raise KeyboardInterrupt again; tells whether it was quiet before."""
    if signal.getsignal(signal.SIGINT) is not _leave:
        return False
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return True


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: an exception here would be told by whatever is imported at the moment."""
    os._exit(INTERRUPTED)
