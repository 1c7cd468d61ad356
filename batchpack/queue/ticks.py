"""Time that nobody sets: leases run on the clock of the boot, so that a jump of the wall clock means nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: seconds since 1970 as the machine believes them, seconds since its boot, and which boot that was."""

    wall: float
    ticks: float
    boot: str


Clock = Callable[[], Moment]

LEFT = """CASE WHEN timer_boot = :boot AND timer_ticks - :ticks <= timer_seconds + 1
    THEN timer_ticks ELSE timer_seconds END - :ticks"""
"""SQL for the seconds that are left of a row's timer at that moment, below 0 where it is over; NULL without one.

A timer set before a reboot is over once the machine has been up for as long as it was set for: never too early.
A timer of this boot never has more left than it was set for, but for rounding; what has is of a boot without a name.
"""
OVER = f"({LEFT} <= 0)"
"""SQL that tells whether a row's timer is over."""


def now() -> Moment:
    """Return the present moment; the time that a machine sleeps counts where the system tells it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    ticks = time.monotonic() if clock is None else time.clock_gettime(clock)
    return Moment(time.time(), ticks, _boot())


@cache
def _boot() -> str:
    """Return the name of this boot; empty where the system gives none."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
