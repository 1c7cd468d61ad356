"""opencode's rules as rendered, decided as opencode decides."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from tests.support.pack import rendered

READERS = ("architect", "explorer", "security-auditor")


def _agents() -> dict[str, dict[str, Any]]:
    """Return each agent's front matter."""
    files = rendered("opencode", "project")
    agents = {path: file for path, file in files.items() if "/agents/" in path}
    return {Path(path).stem: frontmatter.split(file.text, Path(path))[0] for path, file in agents.items()}


def _decide(rules: dict[str, str], text: str) -> str:
    """Decide as opencode does: the last rule whose pattern matches the whole text; a trailing ` *` may be nothing."""
    hits = [rule for pattern, rule in rules.items() if fnmatchcase(text, pattern) or pattern == f"{text} *"]
    return hits[-1]


def test_every_agent_is_closed_first() -> None:
    """All tools are denied before any is opened, and no agent starts agents or loads skills."""
    for role, matter in _agents().items():
        rules = matter["permission"]
        assert ("*", "deny") == next(iter(rules.items())), role
        if role != "batch-orchestrator":
            assert ("deny", "deny") == (rules["task"], rules["skill"]), role


@pytest.mark.parametrize(
    ("tool", "text", "decision"),
    [
        ("bash", "batchpack batch finish 1a2b 1 --next", "allow"),
        ("bash", "cat .batchpack/runs/20261121T091301-c2f0/SYNTHESIS.md", "allow"),
        ("bash", "npm test", "deny"),
        ("bash", "batchpacks start", "deny"),
        ("bash", "cat .env", "deny"),
        ("task", "backend-go", "allow"),
        ("task", "a-role-of-the-users-own", "allow"),
        ("task", "general", "deny"),
    ],
)
def test_the_orchestrator_gives_commands_and_starts_agents(tool: str, text: str, decision: str) -> None:
    """Whoever runs a batch can do none of the work: no file tools, no command but ours and one to read the end."""
    rules = _agents()["batch-orchestrator"]["permission"]
    assert decision == _decide(rules[tool], text)
    assert {"*", "bash", "task"} == set(rules)


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
