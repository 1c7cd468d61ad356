"""Tests of the report: sums, what can be done about each kind, and items that need somebody's eyes."""

from __future__ import annotations

from pathlib import Path

from batchpack.messages.closing import close
from batchpack.messages.report import SHOWN
from batchpack.prices import shipped
from tests.support.offline_jobs import answered, errored, make, settle


def test_the_report_says_what_failed_and_what_to_do(tmp_path: Path) -> None:
    """Counts that add up, the cost with its baseline, a way on for each kind, each item with its reason."""
    job = make(tmp_path / "job", 10)
    settle(job, {2: errored("overloaded_error", "busy | now\n<b>"), 4: answered("half", stop="max_tokens")})
    close(job, shipped())
    said = job.report.read_text()

    assert "10 items = 8 answered + 2 failed + 0 pending." in said
    assert "against" in said
    assert "| overloaded | 1 | asked again free of charge: `batchpack messages retry job` |" in said
    assert "--retry-paid --max-tokens N" in said
    assert "| 2 | `key-2` | overloaded | busy \\| now &lt;b> |" in said


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    """The report stays readable; the file beside it has them all."""
    job = make(tmp_path / "job", 80)
    settle(job, {number: errored("invalid_request_error") for number in range(80)})
    close(job, shipped())
    said = job.report.read_text()

    assert f"The first {SHOWN} of 80" in said
    assert SHOWN == said.count("| `key-")
    assert 80 == len(job.failed.read_text().splitlines())
