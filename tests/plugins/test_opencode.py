"""The opencode page: rules in the forms that hold, words that nothing expands, the user's agents first."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from batchpack.values import AgentCall
from tests.support.pack import host, pack, rendered, target, write

READERS = ("architect", "explorer", "security-auditor")
KEYS = {"description", "mode", "permission"}


def _agents() -> dict[str, dict[str, Any]]:
    """Return each agent's front matter."""
    files = rendered("opencode", "project")
    agents = {path: file for path, file in files.items() if "/agents/" in path}
    return {Path(path).stem: frontmatter.split(file.text, Path(path))[0] for path, file in agents.items()}


def _decide(rules: dict[str, str], text: str) -> str:
    """Decide as opencode does: the last rule whose pattern matches the whole text; a trailing ` *` may be nothing."""
    hits = [rule for pattern, rule in rules.items() if fnmatchcase(text, pattern) or pattern == f"{text} *"]
    return hits[-1]


def test_agents_have_only_keys_that_opencode_knows() -> None:
    """Other keys would be sent to the model's provider as options."""
    assert dict.fromkeys(_agents(), KEYS) == {role: set(matter) for role, matter in _agents().items()}


def test_every_agent_is_closed_first() -> None:
    """All tools are denied before any is opened, and no agent starts agents or loads skills."""
    for role, matter in _agents().items():
        rules = matter["permission"]
        assert ("*", "deny") == next(iter(rules.items())), role
        assert ("deny", "deny") == (rules["task"], rules["skill"]), role


@pytest.mark.parametrize("role", READERS)
def test_readers_change_nothing(role: str) -> None:
    """Explorer, architect and security auditor have no edit tool."""
    assert _agents()[role]["permission"]["edit"] == "deny"


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("git log --oneline -5", "allow"),
        ("git log --pretty=%h", "allow"),
        ("git diff", "allow"),
        ("ls", "allow"),
        ("rg -n word src", "allow"),
        ("batchpack result put R explorer --status DONE --file - <<'E'\n`a` > --pre $(b) --output\nE", "allow"),
        ("git diff --output=f", "deny"),
        ("git log --ext-diff", "deny"),
        ("rg --pre sh x", "deny"),
        ("git commit -m x", "deny"),
        ("git -c core.pager=sh log", "deny"),
        ("lsof", "deny"),
        ("batchpack install", "deny"),
        ("batchpack synthesize R", "deny"),
        ("touch x", "deny"),
    ],
)
def test_readers_run_what_looks(command: str, action: str) -> None:
    """A reader may look and hand in, whatever its report says, and nothing else."""
    assert action == _decide(_agents()["explorer"]["permission"]["bash"], command)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("npm test", "allow"),
        ("go build ./...", "allow"),
        ("git log -3", "allow"),
        ("git commit -m x", "deny"),
        ("git stash", "deny"),
        ("git push", "deny"),
        ("batchpack synthesize R", "deny"),
        ("batchpack result put R backend-go", "allow"),
    ],
)
def test_builders_leave_history_alone(command: str, action: str) -> None:
    """An agent that builds runs what it needs, but neither git's writing commands nor the run's."""
    assert action == _decide(_agents()["backend-go"]["permission"]["bash"], command)


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("src/app.ts", "allow"),
        ("src/environment.ts", "allow"),
        (".env.example", "allow"),
        (".env", "deny"),
        ("deep/down/.env.local", "deny"),
        ("top.key", "deny"),
        ("a/b.pem", "deny"),
        (".git/config", "deny"),
        ("sub/.git/config", "deny"),
        ("tmp/project/.opencode/agents/x.md", "deny"),
        (".opencode/commands/batch-run.md", "deny"),
        (".batchpack/runs/r/journal.jsonl", "deny"),
        (".claude/settings.json", "deny"),
        ("opencode.jsonc", "deny"),
        ("web/node_modules/a.js", "deny"),
    ],
)
def test_builders_edit_the_project_only(path: str, action: str) -> None:
    """Secrets, git's own, hosts' settings and the run's records are closed at the root and below, in git or not."""
    assert action == _decide(_agents()["backend-go"]["permission"]["edit"], path)


def test_the_program_may_hand_in_under_its_own_path() -> None:
    """An install off PATH opens its absolute path beside the bare word."""
    text = rendered("opencode", "user", program="/opt/bp")[".config/opencode/agents/explorer.md"].text
    rules = frontmatter.split(text, Path("explorer.md"))[0]["permission"]["bash"]
    assert ("allow", "allow") == (_decide(rules, "/opt/bp result put R x"), _decide(rules, "batchpack result put R x"))


def test_nothing_in_the_command_is_expanded() -> None:
    """The command's text has no place for arguments but the empty one, no shell snippet and no file mention."""
    text = rendered("opencode", "project")[".opencode/commands/batch-run.md"].text
    assert ["$99"] == re.findall(r"\$\w+", text)
    assert [] == re.findall(r"!`|(?<![\w`])@\S", text)


def test_only_what_opencode_should_load_lies_in_its_folders() -> None:
    """Each file in a folder that opencode loads whole is an agent, a command, a skill or the plugin."""
    kinds = {path.split("/")[1] for path in rendered("opencode", "project")}
    assert {"agents", "commands", "plugins", "skills"} == kinds
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
    assert {agent.matter.name for agent in pack().agents} - {"debugger"} == roles


def test_calls_are_json_for_the_task_tool() -> None:
    """An agent is started by `task` with its three parameters."""
    (line,) = host("opencode").agent_calls([AgentCall("explorer", "look", 'Read "x"')])
    tool, parameters = line.split(" ", 1)
    assert "task" == tool
    assert {"description": "look", "prompt": 'Read "x"', "subagent_type": "explorer"} == json.loads(parameters)


def test_the_request_is_one_argument() -> None:
    """A request reaches `opencode run` as argv, never through a shell."""
    assert ["opencode", "run", "--command", "batch-run", "a; b"] == host("opencode").run_command("a; b")
