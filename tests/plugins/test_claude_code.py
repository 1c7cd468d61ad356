"""The Claude Code page: least grants, tools by role, bare names only where a plain agent file is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from batchpack.values import AgentCall
from tests.support.pack import host, pack, rendered, target, write

PLUGIN = ".claude/skills/batchpack"


def _matter(path: str, program: str = "batchpack") -> dict[str, Any]:
    """Return the front matter of a file of the user's scope."""
    return frontmatter.split(rendered("claude_code", "user", program=program)[path].text, Path(path))[0]


def test_the_users_scope_is_one_folder() -> None:
    """All of a user's install lies in one plugin folder with its manifest, so that no settings file is touched."""
    files = rendered("claude_code", "user")
    assert all(path.startswith(f"{PLUGIN}/") for path in files)
    manifest = json.loads(files[f"{PLUGIN}/.claude-plugin/plugin.json"].text)
    assert ("batchpack", "0.0.0") == (manifest["name"], manifest["version"])


def test_a_project_gets_plain_files() -> None:
    """In a project a plugin folder would need trust; plain skills and agents load without."""
    kinds = {tuple(path.split("/")[:2]) for path in rendered("claude_code", "project")}
    assert {(".claude", "skills"), (".claude", "agents")} == kinds


def test_only_the_commands_of_a_run_are_granted() -> None:
    """The skill grants the commands that drive a run, not install or others, and reading a run's files."""
    grants = _matter(f"{PLUGIN}/skills/batch-run/SKILL.md")["allowed-tools"].split(", ")
    verbs = ("start", "batch", "result", "synthesize", "resume", "runs")
    assert [*(f"Bash(batchpack {verb}:*)" for verb in verbs), "Read(//**/.batchpack/**)"] == grants


def test_an_absolute_program_is_granted_too() -> None:
    """A rule for the bare word does not cover an absolute path."""
    grants = _matter(f"{PLUGIN}/skills/batch-run/SKILL.md", "/opt/bp")["allowed-tools"]
    assert "Bash(/opt/bp start:*)" in grants
    assert "Bash(batchpack start:*)" in grants


@pytest.mark.parametrize(("role", "edits"), [("explorer", False), ("architect", False), ("debugger", True)])
def test_tools_are_by_role(role: str, *, edits: bool) -> None:
    """An agent that only looks has neither Edit nor Write; each has Read and Bash, none can start agents."""
    tools = _matter(f"{PLUGIN}/agents/{role}.md")["tools"].split(", ")
    assert edits == ("Edit" in tools) == ("Write" in tools)
    assert {"Read", "Bash"} <= set(tools)
    assert "Agent" not in tools


def test_names_follow_where_the_agents_are(tmp_path: Path) -> None:
    """A role is `batchpack:<role>` from the plugin, and bare when the user or the project has a plain agent of it."""
    home, project = tmp_path / "home", tmp_path / "project"
    names = host("claude_code").agent_names
    assert {"explorer": "batchpack:explorer"} == names(["explorer"], project, home)
    theirs = home / ".claude/agents/whatever.md"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("---\nname: explorer\ndescription: mine\n---\nhi\n")
    both = names(["explorer", "debugger"], project, home)
    assert {"explorer": "explorer", "debugger": "batchpack:debugger"} == both
    write(rendered("claude_code", "project", project), project)
    assert {"debugger": "debugger"} == names(["debugger"], project, home)


def test_a_projects_install_leaves_the_users_agent_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project's agent would hide the user's of the same name, so it is left out."""
    monkeypatch.setenv("HOME", str(tmp_path))
    theirs = tmp_path / ".claude/agents/debugger.md"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("---\nname: debugger\ndescription: mine\n---\nhi\n")
    project = target("claude_code", "project", tmp_path / "project")
    roles = {Path(file.path).stem for file in host("claude_code").agent_files(pack(), project)}
    assert "debugger" not in roles
    assert len(pack().agents) - 1 == len(roles)


def test_calls_are_in_the_foreground() -> None:
    """The default differs between versions, so the call says it."""
    (line,) = host("claude_code").agent_calls([AgentCall("batchpack:explorer", "look", "Read x")])
    tool, parameters = line.split(" ", 1)
    assert "Agent" == tool
    assert False is json.loads(parameters)["run_in_background"]
    assert "batchpack:explorer" == json.loads(parameters)["subagent_type"]
