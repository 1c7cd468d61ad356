"""`batch-metrics prune`."""

from __future__ import annotations

import json

from tests.support.metrics import ask, remember
from tests.support.project import Project


def test_old_facts_are_forgotten_on_demand(project: Project) -> None:
    """For good; nothing newer goes with them, and a moment must be given."""
    remember(project)
    ask(project, "prune").assert_failed("--before", code=2)
    ask(project, "prune", "--before", "2d").assert_failed("nobody is there to be asked", "add --yes", code=2)
    said = ask(project, "prune", "--yes", "--before", "2d").assert_ok().out

    assert ": 1 request, " in said
    assert [1000] == [row["input"] for row in ask(project, "--by", "model", "--json").json()["rows"]]
    assert 0 == ask(project, "prune", "--yes", "--before", "2d", "--json").json()["requests"]


def test_what_is_to_come_cannot_be_forgotten(project: Project) -> None:
    """A moment ahead is refused: nothing would ever be counted again."""
    remember(project)
    ask(project, "prune", "--yes", "--before", "2099-01-01").assert_failed("'2099-01-01' lies ahead", "90d", code=2)
    assert 2 == len(ask(project, "export").assert_ok().out.splitlines())


def test_files_of_marks_go_once_they_are_collected(project: Project) -> None:
    """The file of a day of which the ledger has all is removed; the next call finds none."""
    folder = project.home / ".local/state/batchpack/marks"
    folder.mkdir(parents=True)
    mark = {"v": 1, "at": 1795283906.0, "host": "claude_code", "event": "session_started", "session": "s-1"}
    (folder / "claude_code-2026-11-01.jsonl").write_text(json.dumps(mark) + "\n")
    words = ("prune", "--yes", "--before", "2026-11-03")
    assert 0 == ask(project, *words, "--json").json()["files_of_marks"]
    ask(project, "collect").assert_ok()

    assert ", 1 file of marks" in ask(project, *words).assert_ok().out
    assert [] == list(folder.iterdir())
    assert "of marks" not in ask(project, *words).assert_ok().out
