"""Settings that a host's agents need: set with the user's word, and an install that goes on without it."""

from __future__ import annotations

import json

import pytest

from tests.support.project import Project, tree
from tests.support.terminal import on_terminal

HERE = ("--host", "opencode", "--project", ".")
SETTINGS = '{\n  // mine\n  "model": "local/small",\n}\n'


@pytest.fixture
def settled(project: Project) -> Project:
    """Make a project with a settings file of the user's."""
    return project.write({"opencode.json": SETTINGS})


def _install(project: Project, *words: str) -> str:
    """Install without a terminal and without asking the host; return what it said."""
    return project.run("install", *HERE, "--no-check", *words).assert_ok().out


def _settings(project: Project) -> str:
    """Return what the user's file says."""
    return (project.folder / "opencode.json").read_text()


def test_with_nobody_to_ask_the_users_settings_stay(settled: Project) -> None:
    """Everything else is installed; what does not work without the setting is said, each time."""
    for _ in range(2):
        said = _install(settled)
        assert "not set: subagent_depth in opencode.json: BatchExecutor cannot start agents" in said
        assert "--yes" in said
    assert SETTINGS == _settings(settled)
    assert (settled.folder / ".opencode/commands/batch-run.md").exists()
    assert (settled.folder / ".opencode/agents/BatchExecutor.md").exists()


def test_doctor_takes_a_setting_that_was_not_wanted_as_it_is(settled: Project) -> None:
    """A settings file that was left alone is no fault of the install."""
    _install(settled)
    facts = json.loads(settled.run("doctor", "--json", env={"PATH": "/usr/bin:/bin"}).out)
    (section,) = (one for one in facts["sections"] if one["title"].startswith("opencode"))
    assert {"files": True} == {one["name"]: one["ok"] for one in section["checks"] if one["name"] == "files"}


def test_with_yes_it_is_set_and_taken_back(settled: Project) -> None:
    """The file's comments stay, and uninstall restores it byte for byte."""
    before = tree(settled.folder)
    said = _install(settled, "--yes")
    assert "not set" not in said
    assert '"subagent_depth": 2' in _settings(settled)
    assert "// mine" in _settings(settled)
    assert "nothing to do" in _install(settled)
    settled.run("uninstall", *HERE, "--yes").assert_ok()
    assert before == tree(settled.folder)


def test_a_dry_run_says_why(settled: Project) -> None:
    """The file, the key and the reason are shown before anything is done."""
    said = _install(settled, "--dry-run")
    assert "edit    opencode.json" in said
    assert "subagent_depth: lets BatchExecutor start several CoderAgents" in said


def test_on_a_terminal_it_is_asked_for_by_itself(settled: Project) -> None:
    """Agreeing to the install is not yet agreeing to the change of the user's own file."""
    said = on_terminal(settled, ("install", *HERE, "--no-check"), "y\n", 0)
    assert "Change that too?" in said
    assert "without it: BatchExecutor cannot start agents" in said
    assert '"subagent_depth": 2' in _settings(settled)


def test_what_is_high_enough_is_left(project: Project) -> None:
    """A user who allows more keeps that, and is not asked for it."""
    mine = '{"subagent_depth": 3}\n'
    project.write({"opencode.json": mine})
    said = _install(project)
    assert "subagent_depth" not in said
    assert "not set: mcp.batchpack in opencode.json: workers use the commands" in said
    assert mine == _settings(project)


def test_without_a_file_one_is_made_and_removed(project: Project) -> None:
    """A file of the pack's own needs no further word, and goes with it."""
    before = tree(project.folder)
    _install(project)
    made = json.loads((project.folder / ".opencode/opencode.json").read_text())
    server = {"batchpack": {"type": "local", "command": ["batchpack", "mcp"], "enabled": True}}
    assert {"$schema": "https://opencode.ai/config.json", "subagent_depth": 2, "mcp": server} == made
    assert "nothing to do" in _install(project)
    project.run("uninstall", *HERE, "--yes").assert_ok()
    assert before == tree(project.folder)


CLAUDE = ("--host", "claude_code", "--no-check", "--yes")
THEIRS = '{\n  "statusLine": {"type": "command", "command": "mine"}\n}\n'


def _line(project: Project) -> str:
    """Return the command of the status line in the user's settings."""
    settings = json.loads((project.home / ".claude/settings.json").read_text())
    return str(settings["statusLine"]["command"])


def test_a_status_line_is_set_on_demand_and_taken_back(project: Project) -> None:
    """Asked for once it stays through later installs; uninstall leaves no trace of it."""
    project.run("install", *CLAUDE).assert_ok()
    assert not (project.home / ".claude/settings.json").exists()

    project.run("install", *CLAUDE, "--status-line").assert_ok()

    assert _line(project).endswith("/.claude/skills/batchpack/hooks/status-line.py")
    assert "nothing to do" in project.run("install", *CLAUDE).assert_ok().out
    assert _line(project)
    done = project.execute(["sh", "-c", _line(project)], stdin="{}")
    assert (0, "", "") == (done.code, done.out, done.err)
    project.run("uninstall", "--host", "claude_code", "--yes").assert_ok()
    assert not (project.home / ".claude").exists()


def test_a_status_line_of_the_users_own_is_left_and_told(project: Project) -> None:
    """Who has one keeps it byte for byte, and hears why ours is not shown; so does who has a host without one."""
    settings = project.home / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text(THEIRS)

    said = project.run("install", *CLAUDE, "--host", "opencode", "--status-line").assert_ok().out

    assert "note: you have a status line of your own, which was left as it is" in said
    assert "note: opencode shows no status line of scripts" in said
    assert THEIRS == settings.read_text()
