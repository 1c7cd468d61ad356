"""opencode's rules as rendered, decided as opencode decides."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from batchpack import frontmatter
from batchpack.content import Permissions
from batchpack.values import Scope
from tests.support.pack import BASE, host, rendered

ROUTER = "bash .opencode/skill/task-management/router.sh"
READERS = ("architect", "explorer", "security-auditor")


def _agents() -> dict[str, dict[str, Any]]:
    """Return each agent's front matter."""
    files = rendered("opencode", "project")
    agents = {path: file for path, file in files.items() if "/agents/" in path}
    return {Path(path).stem: frontmatter.split(file.text, Path(path))[0] for path, file in agents.items()}


def _given_back(scope: Scope = "project", program: str = "batchpack") -> dict[str, dict[str, Any]]:
    """Return the rules that the guard's plugin gives each agent."""
    files = rendered("opencode", scope, program=program)
    (policy,) = (file.text for path, file in files.items() if path.endswith("/policy.json"))
    rules: dict[str, dict[str, Any]] = json.loads(policy)["rules"]
    return rules


def _decide(rules: dict[str, str], text: str) -> str:
    """Decide as opencode does: the last rule whose pattern matches the whole text; a trailing ` *` may be nothing."""
    hits = [rule for pattern, rule in rules.items() if fnmatchcase(text, pattern) or pattern == f"{text} *"]
    return hits[-1]


def test_every_agents_file_closes_all_tools_at_its_end() -> None:
    """Read as it stands, an agent's file gives it no tool: the last rule decides."""
    for name, matter in _agents().items():
        assert ("*", "deny") == list(matter["permission"].items())[-1], name


def test_the_guard_gives_back_what_the_file_shows() -> None:
    """The rules of the policy are those that a reader sees in the agent's file, with the denial of the rest first."""
    given = _given_back()
    assert set(_agents()) == set(given)
    for name, matter in _agents().items():
        shown = list(matter["permission"].items())
        assert [shown[-1], *shown[:-1]] == list(_without_this_machine(given[name]).items()), name


def _without_this_machine(rules: dict[str, Any]) -> dict[str, Any]:
    """Leave out the script's absolute path, which the shared files of a project do not name."""
    if not isinstance(rules["bash"], dict):
        return rules
    return {**rules, "bash": {key: action for key, action in rules["bash"].items() if str(BASE) not in key}}


def test_no_role_starts_agents_or_loads_skills() -> None:
    """Only the orchestrator and the agents of a feature start others, by their exact names."""
    starting = {name: rules["task"] for name, rules in _given_back().items() if rules["task"] != "deny"}
    scouts = {"*": "deny", "ContextScout": "allow", "ExternalScout": "allow"}
    assert {"batch-orchestrator", "BatchExecutor", "CoderAgent", "TaskManager"} == set(starting)
    assert (scouts, {**scouts, "CoderAgent": "allow"}) == (starting["CoderAgent"], starting["BatchExecutor"])
    assert {"deny"} == {rules["skill"] for name, rules in _given_back().items() if name != "batch-orchestrator"}


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
        ("task", "BatchExecutor", "deny"),
        ("task", "ContextScout", "deny"),
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
    rules = _given_back("user", "/opt/bp")["explorer"]["bash"]
    assert ("allow", "allow") == (_decide(rules, "/opt/bp result put R x"), _decide(rules, "batchpack result put R x"))


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (f"{ROUTER} status auth", "allow"),
        (f"{ROUTER} help", "allow"),
        (f"bash {BASE}/.opencode/skill/task-management/router.sh status auth", "allow"),
        (f"{ROUTER} archive auth", "deny"),
        (f"{ROUTER}.evil status auth", "deny"),
        ("bash evil/router.sh status auth", "deny"),
        ("task-cli status auth", "deny"),
        ("rm -rf .", "deny"),
    ],
)
def test_task_commands_are_those_of_the_script(command: str, action: str) -> None:
    """`task-cli` in the neutral block is router.sh by its path, with the commands that the block names."""
    assert action == _decide(_given_back()["BatchExecutor"]["bash"], command)


def test_for_the_user_the_script_has_its_absolute_path() -> None:
    """An install for the user works in every project, so its rules name the script by its place in the home."""
    rules = _given_back("user")["BatchExecutor"]["bash"]
    assert "allow" == _decide(rules, f"bash {BASE}/.config/opencode/skill/task-management/router.sh status x")
    assert "deny" == _decide(rules, f"{ROUTER} status x")


def _written(**block: Any) -> dict[str, Any]:
    """Write a block as opencode's rules."""
    permission = host("opencode").permission  # type: ignore[attr-defined]
    rules: dict[str, Any] = permission(Permissions(**block), "/opt/bp", "bash r.sh")
    return rules


@pytest.mark.parametrize(
    ("path", "action"),
    [("docs/a.md", "allow"), ("x/docs/b/a.md", "allow"), ("docs/.env", "deny"), ("docs", "deny"), ("src/a", "deny")],
)
def test_patterns_of_paths_hold_at_the_root_and_below(path: str, action: str) -> None:
    """`x/**` is `x/*` to opencode, and `**/x` is `x` at the root and below; what none matches is denied."""
    assert action == _decide(_written(edit={"docs/**": "allow", "**/.env": "deny"})["edit"], path)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"a": "allow"}, {"*": "deny", "a": "allow"}),
        ({"*": "allow", "a": "deny"}, {"*": "allow", "a": "deny"}),
        ({"a": "allow", "*": "deny"}, {"*": "deny"}),
        ({"b": "ask", "*": "allow", "a": "deny"}, {"*": "allow", "a": "deny"}),
    ],
)
def test_the_last_pattern_wins(rules: dict[str, str], expected: dict[str, str]) -> None:
    """A pattern for all makes those before it void, and stands first, where opencode reads general rules."""
    assert list(expected.items()) == list(_written(task=rules)["task"].items())
    written = _written(mcp=rules)
    assert list(expected.items()) == [item for item in written.items() if item[0] in {"*", *rules}]


def test_the_packs_program_has_two_names() -> None:
    """`batchpack …` in the neutral block is the word and the path of the install."""
    expected = {"*": "deny", "batchpack plan *": "allow", "/opt/bp plan *": "allow", "git log *": "ask"}
    assert expected == _written(bash={"batchpack plan *": "allow", "git log *": "ask"})["bash"]
