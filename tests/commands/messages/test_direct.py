"""How far a run of direct requests is, in a line: counts, failures, and a time only when one can be known."""

from __future__ import annotations

import re
import time

from batchpack.commands.messages._direct import Watch
from batchpack.messages.direct import Progress


def watching(progress: Progress) -> tuple[Watch, list[str]]:
    """Return a watch that has looked once, and what it told."""
    told: list[str] = []
    watch = Watch(told.append)
    watch(progress)
    return watch, told


def test_before_anything_is_finished_no_time_is_told() -> None:
    """With nothing finished by this run there is a count and no guess."""
    assert "3 of 10 done" == watching(Progress(10, 3, 3))[0].line()
    assert "" == Watch(print).line()


def test_the_time_goes_by_what_this_run_has_finished() -> None:
    """Five of this run in ten seconds leave ten seconds for five more; failures are told beside."""
    progress = Progress(20, 10, 15, failed=2, started=time.monotonic() - 10)
    assert re.fullmatch(r"15 of 20 done, 2 failed, about (9|10) s left", watching(progress)[0].line())


def test_at_the_end_nothing_is_left() -> None:
    """When all are done there is no time left to tell."""
    assert "9 of 9 done" == watching(Progress(9, 0, 9))[0].line()


def test_without_a_terminal_a_line_comes_now_and_then() -> None:
    """A young run tells nothing; one of half a minute tells a line, and not two in the same moment."""
    assert [] == watching(Progress(9, 0, 1))[1]
    progress = Progress(9, 0, 1, started=time.monotonic() - 40)
    watch, told = watching(progress)
    watch(progress)
    assert 1 == len(told)
