"""The clock that nobody sets."""

from __future__ import annotations

import time

from batchpack.queue import ticks


def test_the_clock_goes_on_and_names_its_boot() -> None:
    """Ticks grow as time goes by, the wall time is that of the machine, and the boot stays the same."""
    first = ticks.now()
    time.sleep(0.02)
    second = ticks.now()

    assert 0.02 <= second.ticks - first.ticks < 5
    assert abs(second.wall - time.time()) < 5
    assert first.boot == second.boot
