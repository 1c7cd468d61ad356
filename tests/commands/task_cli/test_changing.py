"""The commands that change: what they write, what they refuse."""

from __future__ import annotations

from pathlib import Path

from tests.support.project import Project
from tests.support.tasks import read, subtask, task_cli, write_feature

COMPLETED = """
✓ Marked auth-system/04 as completed
  Summary: Wrote the auth service
  Progress: 4/10
"""


def test_complete(project: Project, auth: Path) -> None:
    """Completing takes the words after the sequence as summary, and writes both files."""
    assert (
        task_cli(project, "complete", "auth-system", "04", "Wrote", "the", "auth service").assert_ok().out == COMPLETED
    )
    written = read(auth / "auth-system" / "subtask_04.json")
    assert ("completed", "Wrote the auth service") == (written["status"], written["completion_summary"])
    assert read(auth / "auth-system" / "task.json")["completed_count"] == 4


def test_refusals(project: Project, auth: Path) -> None:
    """What cannot be done is refused with the known words, exit 1, and nothing is written."""
    before = {file.name: file.read_bytes() for file in (auth / "auth-system").iterdir()}
    task_cli(project, "complete", "auth-system", "04", "x" * 201).assert_failed(
        "Error: Summary must be max 200 characters"
    )
    done = task_cli(project, "complete", "auth-system", "99", "done").assert_failed()
    assert done.err.splitlines()[0] == "Task 99 not found in auth-system"
    task_cli(project, "complete", "auth-system", "05", "done").assert_failed("waits for 04")
    task_cli(project, "complete", "auth-system", "01", "again").assert_failed("completed already", "Summary of 01")
    task_cli(project, "complete", "auth-system", "04", " ").assert_failed("Summary must not be empty")
    task_cli(project, "complete", "auth-system", "04").assert_failed("Usage: task-cli complete", code=2)
    task_cli(project, "status", "nope").assert_failed("no feature named 'nope'", "known: auth-system")
    assert before == {file.name: file.read_bytes() for file in (auth / "auth-system").iterdir()}


def test_force(project: Project, auth: Path) -> None:
    """With --force a subtask is completed although others are open, and a summary is replaced."""
    task_cli(project, "complete", "auth-system", "05", "early", "--force").assert_ok()
    task_cli(project, "complete", "auth-system", "05", "late", "--force").assert_ok()
    assert read(auth / "auth-system" / "subtask_05.json")["completion_summary"] == "late"


def test_summary_with_dashes(project: Project, auth: Path) -> None:
    """A summary may hold words that look like options."""
    task_cli(project, "complete", "auth-system", "04", "--fast", "-x", "mode").assert_ok()
    assert read(auth / "auth-system" / "subtask_04.json")["completion_summary"] == "--fast -x mode"


def test_start_block_unblock(project: Project, auth: Path) -> None:
    """A subtask goes from hand to hand; of two starts the second is refused, and a blocked one is not completed."""
    file = auth / "auth-system" / "subtask_04.json"
    task_cli(project, "start", "auth-system", "04", "--agent", "coder-1").assert_ok()
    assert (read(file)["status"], read(file)["agent_id"]) == ("in_progress", "coder-1")
    task_cli(project, "start", "auth-system", "04", "--agent", "coder-2").assert_failed("started by coder-1")
    task_cli(project, "block", "auth-system", "04", "no", "database").assert_ok()
    assert "  04 - Implement auth service (explicitly blocked)\n       reason: no database\n" in (
        task_cli(project, "blocked").out
    )
    task_cli(project, "complete", "auth-system", "04", "done").assert_failed("is blocked: no database", "unblock")
    task_cli(project, "unblock", "auth-system", "04").assert_ok()
    assert read(file) == subtask(
        "auth-system", "04", title="Implement auth service", depends_on=["01", "02", "03"],
        deliverables=["src/auth/service.ts"],
    )  # fmt: skip


def test_last_one_and_archive(project: Project) -> None:
    """Completing the last subtask tells how to archive; only a completed feature is archived without force."""
    project.init_git()
    tasks = project.folder / ".tmp" / "tasks"
    write_feature(tasks, "small", subtask("small", "01"))
    task_cli(project, "archive", "small").assert_failed("open subtasks: 01")
    out = task_cli(project, "complete", "small", "01", "done").assert_ok().out
    assert out.endswith("  All subtasks are completed; archive the feature with: task-cli archive small\n")
    task_cli(project, "archive", "small").assert_ok()
    assert read(tasks / "completed" / "small" / "task.json")["status"] == "completed"
    assert task_cli(project, "status").out == "No active features found.\n"
    task_cli(project, "status", "small").assert_failed("it is archived")
