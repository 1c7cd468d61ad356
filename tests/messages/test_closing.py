"""Tests of closing: answers, failures, report and the journal's word that all is done."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from batchpack.messages.closing import close
from batchpack.prices import shipped
from tests.support.offline_jobs import errored, make, settle


def test_a_closed_job_has_all_its_files(tmp_path: Path) -> None:
    """The journal says once that it is done, with counts; closing again changes nothing."""
    job = make(tmp_path / "job", 10)
    settle(job, {2: errored("api_error")})
    closed, again = close(job, shipped()), close(job, shipped())

    assert {"answered": 9, "failed": 1} == (closed.state.done or {})["counts"]
    assert 1 == [event["event"] for event in again.state.events].count("done")
    assert Decimal("0.0001575") == closed.bill.dollars
    assert all(path.is_file() for path in (job.answers, job.failed, job.report))


def test_a_job_that_is_out_is_not_done(tmp_path: Path) -> None:
    """What there is is written, and nothing is said that is not true."""
    job = make(tmp_path / "job", 10, size=5)
    settle(job, only="1-1")
    closed = close(job, shipped())

    assert closed.state.done is None
    assert 10 == len(job.answers.read_text().splitlines())
