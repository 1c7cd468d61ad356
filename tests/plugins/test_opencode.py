"""The opencode page: keys it knows, words that nothing expands, the user's agents first."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from batchpack.values import AgentCall, Scope
from tests.support.pack import BASE, host, pack, rendered, target, write

KEYS = {"description", "mode", "permission"}
KINDS = {"agents", "batchpack", "commands", "plugins", "skill", "skills"}


def _agents() -> dict[str, dict[str, Any]]:
    """Return each agent's front matter."""
    files = rendered("opencode", "project")
    agents = {path: file for path, file in files.items() if "/agents/" in path}
    return {Path(path).stem: frontmatter.split(file.text, Path(path))[0] for path, file in agents.items()}


def test_agents_have_only_keys_that_opencode_knows() -> None:
    """Other keys would be sent to the model's provider as options."""
    expected = {frozenset(KEYS), frozenset(KEYS | {"hidden"}), frozenset(KEYS | {"temperature"})}
    assert expected == {frozenset(matter) for matter in _agents().values()}


def test_the_command_runs_as_the_orchestrator() -> None:
    """`/batch-run` runs as an agent of its own that people do not see in their list and that starts no session."""
    command = rendered("opencode", "project")[".opencode/commands/batch-run.md"]
    matter, _ = frontmatter.split(command.text, Path(command.path))
    orchestrator = _agents()[matter["agent"]]
    assert ("primary", True) == (orchestrator["mode"], orchestrator["hidden"])


def test_nothing_in_the_command_is_expanded() -> None:
    """The command's text has no place for arguments but the empty one, no shell snippet and no file mention."""
    text = rendered("opencode", "project")[".opencode/commands/batch-run.md"].text
    assert ["$99"] == re.findall(r"\$\w+", text)
    assert [] == re.findall(r"!`|(?<![\w`])@\S", text)


def test_only_what_opencode_should_load_lies_in_its_folders() -> None:
    """Each file in a folder that opencode loads whole is an agent, a command, a skill or a plugin."""
    kinds = {path.split("/")[1] for path in rendered("opencode", "project")}
    assert KINDS == kinds
    assert not [path for path in rendered("opencode", "project") if "README" in path]


@pytest.mark.parametrize("folder", ["agent", "agents"])
@pytest.mark.parametrize("place", [".config/opencode", "project/.opencode"])
def test_the_users_agent_stays_the_only_one(
    folder: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the user has an agent of that name, the pack brings none, wherever it lies; the pack's own do not count."""
    monkeypatch.setenv("HOME", str(tmp_path))
    theirs = tmp_path / place / folder / "mine.md"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("---\nname: debugger\ndescription: my own\n---\nhi\n")
    project = target("opencode", "project", tmp_path / "project")
    write(rendered("opencode", "project", tmp_path / "project"), tmp_path / "project")
    roles = {Path(file.path).stem for file in host("opencode").agent_files(pack(), project)}
    assert {agent.matter.name for agent in pack().agents} - {"debugger"} == roles - {"batch-orchestrator"}


@pytest.mark.parametrize("scope", ["user", "project"])
def test_the_script_of_tasks_lies_where_prompts_call_it(scope: Scope) -> None:
    """router.sh is executable in the singular folder; agents call it by its path, in a project the relative one."""
    files = rendered("opencode", scope)
    folder = ".opencode" if scope == "project" else ".config/opencode"
    path = f"{folder}/skill/task-management/router.sh"
    assert files[path].executable
    called = path if scope == "project" else f"{BASE}/{path}"
    assert f"`bash {called} status <feature>`" in files[f"{folder}/agents/BatchExecutor.md"].text


def test_an_agents_warmth_is_its_own() -> None:
    """A temperature is said where the agent has one."""
    assert (0.1, None) == (_agents()["BatchExecutor"]["temperature"], _agents()["explorer"].get("temperature"))


def test_calls_are_json_for_the_task_tool() -> None:
    """An agent is started by `task` with its three parameters."""
    (line,) = host("opencode").agent_calls([AgentCall("explorer", "look", 'Read "x"')])
    tool, parameters = line.split(" ", 1)
    assert "task" == tool
    assert {"description": "look", "prompt": 'Read "x"', "subagent_type": "explorer"} == json.loads(parameters)


def test_the_request_is_one_argument() -> None:
    """A request reaches `opencode run` as argv, never through a shell."""
    assert ["opencode", "run", "--command", "batch-run", "a; b"] == host("opencode").run_command("a; b")
