"""A run of a host with what its agents used, in the report and in the dashboard, from the host's own records."""

from __future__ import annotations

import time

import pytest

from batchpack.metrics import gathering
from batchpack.runs.store import Run
from tests.support.claude_records import AGENT, SESSION, answered, said
from tests.support.dashboards import served
from tests.support.project import Project

TOKENS = '<td class="number">1,234</td><td class="number">200</td><td class="number">30,000</td>'
"""Input, output and read from the cache, as the table of tokens has them."""


def leave_records(project: Project, run: Run) -> None:
    """Write what Claude Code leaves of an agent that worked for the first attempt at a task."""
    folder = project.home / ".claude/projects/p" / SESSION / "subagents"
    folder.mkdir(parents=True)
    order = f"Hand in by: batchpack result put {run.id} backend-go --attempt 1 --status DONE"
    lines = said(order, agent=AGENT) + answered(1, 1234, 200, 30_000, agent=AGENT)
    (folder / f"agent-{AGENT}.jsonl").write_text(lines)
    (folder.parent.with_suffix(".jsonl")).write_text(said("/batch-run") + answered(2, 7, 8, 9))


def test_the_report_has_what_the_agents_used(handed_over: Run, project: Project) -> None:
    """What the host's records say of an attempt is in it; of the others it is unknown, and said to be."""
    project.run("report").assert_ok()
    page = handed_over.folder / "report.html"
    assert "<dt>Tokens</dt><dd>unknown</dd>" in page.read_text()
    leave_records(project, handed_over)

    project.run("report").assert_ok()

    text = page.read_text()
    assert TOKENS in text
    assert "<dt>Tokens</dt><dd>31,434 + unknown of " in text
    assert "claude-opus-5-5" in text
    assert "texts handed over" in text
    assert "estimated" in text


def test_a_closed_home_costs_the_tokens_only(handed_over: Run, project: Project) -> None:
    """Where nothing can be kept, the reason is told and the report written."""
    leave_records(project, handed_over)
    state = project.home / "blocked"
    state.write_text("a file where a folder must be")

    done = project.run("report", env={"XDG_STATE_HOME": str(state)}).assert_ok()

    assert "nothing new was collected" in done.err
    assert "<dt>Tokens</dt><dd>unknown</dd>" in (handed_over.folder / "report.html").read_text()


def test_a_broken_ledger_costs_the_tokens_only(handed_over: Run, project: Project) -> None:
    """What is wrong with it and how to mend it is told in a line, and the report is written."""
    path = project.home / ".local/state/batchpack/metrics.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database " * 1000)

    done = project.run("report").assert_ok()

    assert 1 == done.err.count("the ledger is left out")
    assert "move it away" in done.err
    assert "<dt>Tokens</dt><dd>unknown</dd>" in (handed_over.folder / "report.html").read_text()


def test_the_dashboard_shows_what_appears(handed_over: Run, project: Project) -> None:
    """What the host writes while the page is looked at is collected and shown by itself."""
    with served(project) as site:
        path = f"runs/{handed_over.id}/"
        leave_records(project, handed_over)
        end = time.monotonic() + 20
        while TOKENS not in (text := site.get(path).text):
            assert time.monotonic() < end, text
            time.sleep(0.3)
        assert "31,434 + unknown" in site.get().text


def test_a_long_reading_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A short one says nothing; what is said goes beside the output."""
    gathering.patient()("too early")
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 0.0)
    gathering.patient()("Claude Code's transcripts: 7 requests")

    assert ("", "reading records: Claude Code's transcripts: 7 requests\n") == tuple(capsys.readouterr())
