"""Events taken in at once and written soon after."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.execution.journal import Draft, Event, Journal
from batchpack.execution.recorder import Recorder
from batchpack.execution.state import fold


def test_the_state_is_ahead_of_the_disk_until_it_is_flushed(tmp_path: Path) -> None:
    """The state has an event at once; after a flush the journal has all, in order, and each was told."""
    told: list[Event] = []

    async def go(journal: Journal) -> tuple[str, list[str]]:
        state = fold(["a"], [])
        recorder = Recorder(journal, state, told.append, lambda: None)
        recorder.record(Draft("attempt_started", "a", 1))
        at_once = state.tasks["a"].status
        for number in range(2, 40):
            recorder.record(Draft("attempt_started", "a", number))
            await asyncio.sleep(0)
        await recorder.flush()
        return at_once, [event.name for event in journal.since()]

    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        assert ("in_progress", ["attempt_started"] * 39) == asyncio.run(go(journal))
        assert list(range(1, 40)) == [event.attempt for event in journal.since()]
    assert list(range(1, 40)) == [event.seq for event in told]


def test_what_cannot_be_written_ends_in_an_error(tmp_path: Path) -> None:
    """A flush raises what kept an event from the disk."""

    async def go(journal: Journal) -> None:
        recorder = Recorder(journal, fold(["a"], []), lambda _: None, lambda: None)
        with closing(sqlite3.connect(journal.path)) as other:
            other.execute("DROP TABLE event")
        recorder.record(Draft("attempt_started", "a", 1))
        with pytest.raises(BatchpackError, match=r"j\.sqlite"):
            await recorder.flush()

    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        asyncio.run(go(journal))
