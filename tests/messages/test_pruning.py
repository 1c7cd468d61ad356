"""Tests of clearing away: only old, only whole, only what is collected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchpack.errors import Busy
from batchpack.messages import pruning
from batchpack.messages.closing import close
from batchpack.prices import shipped
from tests.support.offline_jobs import make, settle

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_what_is_not_collected_says_why_it_stays(tmp_path: Path) -> None:
    """Out, collected without answers, and done: only the last may go."""
    out, unwritten, done = (make(tmp_path / name, 3) for name in ("out", "unwritten", "done"))
    settle(unwritten)
    settle(done)
    close(done, shipped())
    found = pruning.look([out, unwritten, done], timedelta(0), NOW)

    assert ["3 of 3 items are not collected (in progress)", "its answers were not written yet", ""] == [
        old.kept_for for old in found
    ]
    assert found[2].bytes > 0


def test_young_jobs_are_not_looked_at(tmp_path: Path) -> None:
    """Only what began before the edge."""
    assert [] == pruning.look([make(tmp_path / "job", 1)], timedelta(days=30), NOW)


def test_a_job_goes_as_a_whole(tmp_path: Path) -> None:
    """Nothing of its folder stays, not even under another name."""
    job = make(tmp_path / "job", 1)
    pruning.remove(pruning.look([job], timedelta(0), NOW)[0])

    assert [] == list(tmp_path.iterdir())


def test_a_job_at_work_stays(tmp_path: Path) -> None:
    """While another process holds it nothing is removed."""
    job = make(tmp_path / "job", 1)
    with job.locked(), pytest.raises(Busy):
        pruning.remove(pruning.look([job], timedelta(0), NOW)[0])
    assert job.folder.is_dir()
