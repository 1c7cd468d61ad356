"""`/batch-run` typed in an open session of Claude Code, in a terminal: its agents work in the background there."""

from __future__ import annotations

import json

import pytest

from tests.hosts.conftest import Open
from tests.hosts.test_batch_run import EXAMPLE, run_folder
from tests.support.hosts import CLAUDE, Session
from tests.support.orchestrator import Behaviour, Obedient
from tests.support.project import Project
from tests.support.window import opened

PROMPT = "\u276f"
TRUSTED = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}


def _welcome(project: Project) -> None:
    """Answer the questions that the program asks who opens it for the first time."""
    answers = {"hasCompletedOnboarding": True, "theme": "dark", "customApiKeyResponses": {"approved": ["none"]}}
    settled = {**answers, "projects": {str(project.folder): TRUSTED}}
    (project.home / ".claude.json").write_text(json.dumps(settled))


def _install(session: Session) -> None:
    """Install for the user, with the status line."""
    words = ("--host", "claude_code", "--yes", "--no-check", "--status-line")
    session.project.run("install", *words, env=session.environment()).assert_ok()


@pytest.mark.host(CLAUDE)
def test_a_batch_in_an_open_session(open_host: Open, project: Project) -> None:
    """In one turn, with no question: each command waits for the agents; the status line shows every batch."""
    session = open_host(CLAUDE, Obedient(usual=Behaviour(seconds=3.0)))
    _install(session)
    _welcome(project)
    argv = ["claude", "--permission-mode", "acceptEdits"]
    with opened(argv, project.folder, project.environment(session.environment())) as window:
        assert window.until(lambda: PROMPT in window.shown(), 60), window.shown()
        window.type(f"/batch-run {EXAMPLE}")
        window.until(lambda: "docs" in window.shown(), 10)
        assert window.until((project.folder / ".batchpack/runs").exists, 60, keys="\r"), window.shown()
        ended = window.until(lambda: list(project.folder.glob(".batchpack/runs/*/SYNTHESIS.md")), 120)
        assert ended, window.shown()

    synthesis = run_folder(project) / "SYNTHESIS.md"
    assert "3 tasks = 3 done + 0 failed + 0 skipped + 0 pending" in synthesis.read_text()
    journal = (run_folder(project) / "journal.jsonl").read_text().splitlines()
    starts = [one for one in map(json.loads, journal) if one["event"] == "task_started"]
    assert [1, 1, 1] == [one["attempt"] for one in starts]
    short = run_folder(project).name[-4:]
    assert all(f"[BATCH {short} #{number}]" in window.shown() for number in (1, 2))
