"""The guard in the real Claude Code: it refuses and grants in agents of both scopes, and a broken one lets none go."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hosts.conftest import Open
from tests.support import foreign_server
from tests.support.hosts import CLAUDE, OLD_CLAUDE, Session
from tests.support.model import Answer, Call, Conversation, Script
from tests.support.project import Outcome, Project

EVERY = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)]
KINDS = [EVERY[0], pytest.param(OLD_CLAUDE, marks=[pytest.mark.host(OLD_CLAUDE), pytest.mark.thorough])]
SECRET = "hunter2"
PARTS = ("alpha", "beta", "gamma")
ISOLATED = {"isolation": "worktree"}
MARKS = (".env", "got", "got.md")
PREFIX = {"user": "batchpack:", "project": ""}
HOOKS = {"user": ".claude/skills/batchpack/hooks/hooks.json", "project": ".claude/settings.json"}
OPEN = ("--allowedTools", "Bash,Read,Write,Agent", "--permission-mode", "acceptEdits")

Tries = Mapping[str, Sequence[Call]]


def _bash(command: str) -> Call:
    """Run a command."""
    return Call("Bash", {"command": command, "description": "x"})


def _start(agent: str, part: str) -> Call:
    """Start an agent for a part of the script."""
    return Call(
        "Agent", {"subagent_type": agent, "prompt": f"part {part}.", "description": "x", "run_in_background": False}
    )


def _play(tries: Tries) -> Script:
    """Make a script in which each part makes its calls in one message and ends when they are answered."""

    def answer(conversation: Conversation) -> Answer:
        """Answer as the part that the first messages name, else as the main session."""
        if not conversation.tools or conversation.messages[-1].role == "tool":
            return Answer("done")
        told = " ".join(message.text for message in conversation.messages[:2])
        part = next((part for part in tries if f"part {part}." in told), "main")
        return Answer(calls=tuple(tries[part]))

    return answer


def _said(session: Session, part: str) -> list[str]:
    """Return what the calls of a part gave, in their order."""
    for conversation in session.model.log.arrived:
        told = " ".join(message.text for message in conversation.messages[:2])
        if f"part {part}." in told and conversation.messages[-1].role == "tool":
            made = [call for message in conversation.messages for call in message.calls]
            answers = [message for message in conversation.messages if message.role == "tool"]
            return [next(answer.text for answer in answers if answer.tool == call) for call in made]
    raise AssertionError(f"{part} never came back")


def _claude(session: Session, *words: str) -> Outcome:
    """Run a session to its end."""
    return session.execute(["claude", "-p", "part main.", *words]).assert_ok()


def _feature(project: Project) -> None:
    """Make a feature of one subtask."""
    project.execute(["task-cli", "init", "demo", "--name", "Demo"]).assert_ok()
    project.execute(
        ["task-cli", "add", "demo", "First", "--deliverable", "a.txt", "--criterion", "it is there"]
    ).assert_ok()


@pytest.mark.parametrize("scope", ["user", "project"])
@pytest.mark.parametrize("kind", EVERY)
def test_the_guard_refuses_and_grants(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """What the user allows to all is refused to agents that may not; the pack's own commands need no permission."""
    project.write({".env": SECRET, "keep.txt": "kept"})
    _feature(project)
    prefix = PREFIX[scope]
    folder = project.folder if scope == "project" else project.home
    skills = ".claude/skills" if scope == "project" else ".claude/skills/batchpack/skills"
    script = f"{skills}/task-management/router.sh"
    router = f"bash {script if scope == 'project' else folder / script}"
    tries = {
        "reader": [
            _bash("git log -1 --format=%s"),
            _bash("git log -1 > got"),
            _bash("cat .env"),
            Call("Read", {"file_path": str(project.folder / ".env")}),
            Call("Write", {"file_path": str(project.folder / "got"), "content": "x"}),
            Call("mcp__foreign__touch", {"name": "got"}),
        ],
        "builder": [
            Call("Write", {"file_path": str(project.folder / "src/made.go"), "content": "x"}),
            Call("Write", {"file_path": str(project.folder / ".claude/got.md"), "content": "x"}),
            Call("Write", {"file_path": str(project.folder / "deep/.ENV"), "content": "x"}),
        ],
        "batch": [
            _bash(f"{router} status demo"),
            _bash(f"{router} archive demo"),
            _start("general-purpose", "foreign"),
            _start(f"{prefix}explorer", "foreign"),
        ],
        "foreign": [_bash("touch got")],
        "main": [
            _start(f"{prefix}explorer", "reader"),
            _start(f"{prefix}backend-go", "builder"),
            _start(f"{prefix}BatchExecutor", "batch"),
        ],
    }
    session = open_host(kind, _play(tries))
    session.install(scope)
    server = {"command": sys.executable, "args": [str(Path(foreign_server.__file__))]}
    project.write({"../servers.json": json.dumps({"mcpServers": {"foreign": server}})})
    opened = ("--mcp-config", "../servers.json", "--allowedTools", f"{OPEN[1]},mcp__foreign__touch", *OPEN[2:])
    _claude(session, *opened)
    log, redirected, cat, secret, *missing = _said(session, "reader")
    assert "first" == log.strip()
    assert all("batchpack's guard" in refused for refused in (redirected, cat, secret)), (redirected, cat, secret)
    assert all("No such tool" in refused for refused in missing), missing
    made, settings, deep = _said(session, "builder")
    assert (project.folder / "src/made.go").exists(), made
    assert all("is protected" in refused for refused in (settings, deep)), (settings, deep)
    status, archive, foreign, reader = _said(session, "batch")
    assert "Demo" in status
    assert all("is not for this agent" in refused for refused in (foreign, reader)), (foreign, reader)
    assert "batchpack's guard" in archive
    assert [".env"] == [path.name for path in project.folder.rglob("*") if path.name.lower() in MARKS]
    assert SECRET not in json.dumps([exchange.body for exchange in session.model.log.exchanges])


@pytest.mark.parametrize("kind", KINDS)
def test_grants_need_no_trust_and_yield_to_the_user(kind: str, open_host: Open, project: Project) -> None:
    """Where nobody trusted the folder an agent runs the pack's commands unasked; the user's deny rule still holds."""
    _feature(project)
    router = project.home / ".claude/skills/batchpack/skills/task-management/router.sh"
    start = _start("batchpack:BatchExecutor", "batch")
    tries = {"batch": [_bash(f"bash {router} status demo"), _bash(f"bash {router} next demo")], "main": [start]}
    session = open_host(kind, _play(tries))
    session.install("user")
    rules = {"permissions": {"deny": [f"Bash(bash {router} next:*)"]}}
    (project.home / ".claude/settings.json").write_text(json.dumps(rules))
    _claude(session)
    status, following = _said(session, "batch")
    assert "Demo" in status
    assert "has been denied" in following


BREAKS = {
    "its policy was changed": ("hooks/policy.json", '"schema": 1', '"schema":  1'),
    "its guard does not run": ("hooks/hooks.json", "bin/python", "bin/no-python"),
    "its guard does not run,": ("hooks/hooks.json", "-m batchpack.guard", "-m batchpack.no_guard"),
}


@pytest.mark.parametrize("reason", BREAKS)
@pytest.mark.parametrize("kind", EVERY)
def test_a_broken_guard_refuses_its_agents_only(kind: str, reason: str, open_host: Open, project: Project) -> None:
    """Policy altered, interpreter or program gone: an agent may do nothing, the user's own session goes on."""
    tries = {
        "reader": [_bash("git log -1 --format=%s"), Call("Read", {"file_path": str(project.folder / "go.mod")})],
        "main": [_bash("echo mine"), _start("batchpack:explorer", "reader")],
    }
    session = open_host(kind, _play(tries))
    session.install("user")
    path, old, new = BREAKS[reason]
    file = project.home / ".claude/skills/batchpack" / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    _claude(session, *OPEN)
    assert all(reason in refused for refused in _said(session, "reader"))
    assert "mine" == _said(session, "main")[0].strip()


@pytest.mark.parametrize("place", ["sub", "../linked"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_projects_agents_bring_their_guard(kind: str, place: str, open_host: Open, project: Project) -> None:
    """Below the root and in a linked work tree, where a project's settings do not count, its agents are guarded."""
    tries = {"reader": [_bash("git log -1 > got"), _bash("git log -1 --format=%s")]}
    session = open_host(kind, _play({**tries, "main": [_start("explorer", "reader")]}))
    session.install("project")
    trusted = {"projects": {str(project.folder): {"hasTrustDialogAccepted": True}}}
    (project.home / ".claude.json").write_text(json.dumps(trusted))
    project.write({"sub/file": "x"}).git("worktree", "add", "-q", "../linked")
    program = str(project.home / "programs/claude")
    argv = [program, "-p", "part main.", *OPEN]
    project.execute(argv, env=session.environment(), cwd=project.folder / place).assert_ok()
    refused, log = _said(session, "reader")
    assert "batchpack's guard" in refused
    assert "first" == log.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_three_coders_at_once_below_a_batch(kind: str, open_host: Open, project: Project) -> None:
    """From the main session through BatchExecutor three CoderAgents work at the same time."""
    coder = "batchpack:CoderAgent"
    tries = {
        **{
            part: [Call("Write", {"file_path": str(project.folder / f"{part}.txt"), "content": part})] for part in PARTS
        },
        "batch": [_start(coder, part) for part in PARTS],
        "main": [_start("batchpack:BatchExecutor", "batch")],
    }
    script = _play(tries)
    session = open_host(kind, lambda conversation: replace(script(conversation), seconds=0.5))
    session.install("user")
    _claude(session, "--permission-mode", "acceptEdits")
    assert list(PARTS) == sorted(path.stem for path in project.folder.glob("*.txt"))
    spans = [
        (exchange.came, exchange.ended)
        for exchange in session.model.log.exchanges
        for part in PARTS
        if any(f"part {part}." in message.text for message in exchange.conversation.messages[:2])
        and exchange.conversation.messages[-1].role != "tool"
    ]
    assert 3 == len(spans)
    assert max(came for came, _ in spans) < min(ended for _, ended in spans)


@pytest.mark.parametrize("kind", KINDS)
def test_both_scopes_together(kind: str, open_host: Open, project: Project) -> None:
    """Installed for the user and in the project, each agent is judged by its own policy, and once."""
    _feature(project)
    tries = {
        "one": [_bash("git log -1 --format=%s"), _bash("git log > got")],
        "two": [_bash("git log -1 --format=%s"), _bash("git log > got")],
        "main": [_start("batchpack:explorer", "one"), _start("explorer", "two")],
    }
    session = open_host(kind, _play(tries))
    session.install("user")
    session.install("project")
    _claude(session, *OPEN)
    for part in ("one", "two"):
        log, refused = _said(session, part)
        assert "first" == log.strip()
        assert 1 == refused.count("batchpack's guard")


@pytest.mark.parametrize("kind", KINDS)
def test_an_agent_in_a_work_tree_of_its_own(kind: str, open_host: Open, project: Project) -> None:
    """Where the host gives an agent its own work tree below `.claude`, it may work there, and the guard holds."""
    tries = {
        "builder": [
            _bash("git commit --allow-empty -m got"),
            _bash("echo x > made && git status --short"),
        ],
        "main": [replace(one := _start("batchpack:backend-go", "builder"), arguments={**one.arguments, **ISOLATED})],
    }
    session = open_host(kind, _play(tries))
    session.install("user")
    _claude(session, *OPEN)
    refused, status = _said(session, "builder")
    assert "batchpack's guard" in refused
    assert "?? made" == status.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_the_user_runs_task_commands_unasked(kind: str, open_host: Open, project: Project) -> None:
    """Typed as /task-management, the skill grants router.sh to the main session, in a folder that nobody trusted."""
    _feature(project)
    router = project.home / ".claude/skills/batchpack/skills/task-management/router.sh"

    def answer(conversation: Conversation) -> Answer:
        """Run one command."""
        done = not conversation.tools or conversation.messages[-1].role == "tool"
        return Answer("done") if done else Answer(calls=(_bash(f"bash {router} status demo"),))

    session = open_host(kind, answer)
    session.install("user")
    session.execute(["claude", "-p", "/task-management how is demo?"]).assert_ok()
    (told,) = [message for message in session.model.log.arrived[-1].messages if message.role == "tool"]
    assert "Demo" in told.text
