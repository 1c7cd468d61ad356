"""The Claude Code page: least grants, tools by role, bare names only where a plain agent file is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from batchpack.values import AgentCall
from tests.support.pack import BASE, host, pack, rendered, target, write

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
    assert {(".claude", "skills"), (".claude", "agents"), (".claude", "batchpack")} == kinds


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


def test_the_task_commands_are_granted_as_the_skill_gives_them() -> None:
    """The grants of task-management name router.sh where it lies, absolute for a user, and allow reading subtasks."""
    user = _matter(f"{PLUGIN}/skills/task-management/SKILL.md")["allowed-tools"]
    reads = "Read(//**/.tmp/tasks/**)"
    assert f"Bash(bash {BASE}/{PLUGIN}/skills/task-management/router.sh:*), {reads}" == user
    files = rendered("claude_code", "project")
    skill = ".claude/skills/task-management"
    project = f"allowed-tools: Bash(bash .claude/skills/task-management/router.sh:*), {reads}"
    assert f"\n{project}\n" in files[f"{skill}/SKILL.md"].text
    assert files[f"{skill}/router.sh"].executable


READING, EDITING, WEB = ["Read", "Grep", "Glob"], ["Edit", "Write"], ["WebFetch", "WebSearch"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("explorer", [*READING, "Bash", *WEB]),
        ("debugger", [*READING, "Bash", *EDITING]),
        ("BatchExecutor", [*READING, "Bash", "Agent"]),
        ("CoderAgent", [*READING, "Bash", *EDITING, "Agent"]),
        ("ContextScout", READING),
        ("ExternalScout", [*EDITING, *WEB]),
        ("TaskManager", [*READING, "Bash", "Agent"]),
    ],
)
def test_tools_are_by_role(role: str, expected: list[str]) -> None:
    """An agent has a tool only where its block does not deny what it is for."""
    matter = _matter(f"{PLUGIN}/agents/{role}.md")
    assert expected == matter["tools"].split(", ")
    assert {"name", "description", "tools"} == set(matter)


def test_agents_call_agents_by_the_hosts_names() -> None:
    """In the plugin an agent's name has its prefix, in a project it has none."""
    said = "agent `{}CoderAgent`"
    assert said.format("batchpack:") in rendered("claude_code", "user")[f"{PLUGIN}/agents/BatchExecutor.md"].text
    assert said.format("") in rendered("claude_code", "project")[".claude/agents/BatchExecutor.md"].text


def test_a_projects_agents_bring_the_hook_of_its_settings() -> None:
    """The hook stands word for word as in the settings: then Claude Code runs it once."""
    (before, *_) = host("claude_code").settings_edits(pack(), target("claude_code", "project"))
    files = rendered("claude_code", "project")
    for path in (path for path in files if path.startswith(".claude/agents/")):
        matter, _ = frontmatter.split(files[path].text, Path(path))
        assert {"PreToolUse": [before.value]} == matter["hooks"]


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
    page = host("claude_code")
    roles = {Path(file.path).stem for file in page.agent_files(pack(), project)}
    files = page.hook_files(pack(), project)
    (policy,) = (json.loads(file.text) for file in files if file.path.endswith("policy.json"))
    assert roles == set(policy["agents"])
    assert "debugger" not in roles
    assert len(pack().agents) - 1 == len(roles)


def test_calls_are_in_the_foreground() -> None:
    """The default differs between versions, so the call says it."""
    (line,) = host("claude_code").agent_calls([AgentCall("batchpack:explorer", "look", "Read x")])
    tool, parameters = line.split(" ", 1)
    assert "Agent" == tool
    assert False is json.loads(parameters)["run_in_background"]
    assert "batchpack:explorer" == json.loads(parameters)["subagent_type"]


def test_the_server_of_tools_comes_with_the_plugin_or_in_the_projects_file() -> None:
    """A user's plugin folder brings the server; in a project it is an edit of `.mcp.json`, which is the project's."""
    brought = json.loads(rendered("claude_code", "user", program="/opt/bp")[f"{PLUGIN}/.mcp.json"].text)
    edit = host("claude_code").settings_edits(pack(), target("claude_code", "project"))[-1]

    assert {"mcpServers": {"batchpack": {"command": "/opt/bp", "args": ["mcp"]}}} == brought
    assert (".mcp.json", ("mcpServers", "batchpack")) == (edit.path, edit.keys)
    assert {"command": "batchpack", "args": ["mcp"]} == edit.value
    assert [] == host("claude_code").settings_edits(pack(), target("claude_code", "user"))
