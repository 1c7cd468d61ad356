"""`/batch-run` from end to end in the real programs: a scripted model does only what it is told."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.hosts.conftest import Open
from tests.support.background import Backgrounded
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Exchange
from tests.support.orchestrator import Behaviour, Obedient, role_of
from tests.support.project import Project

EXAMPLE = '"Build user authentication with React frontend, Go backend, tests, and docs"'
HELD = Behaviour(seconds=1.0)
KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE, OLD_CLAUDE)]
SCOPES = ["user", "project"]


def run_folder(project: Project) -> Path:
    """Return the directory of the only run."""
    (folder,) = (project.folder / ".batchpack" / "runs").glob("[0-9]*")
    return folder


def _events(folder: Path, name: str) -> list[dict[str, object]]:
    """Return the events of one kind in a run's journal."""
    lines = map(json.loads, (folder / "journal.jsonl").read_text().splitlines())
    return [line for line in lines if line["event"] == name]


def _of_agents(session: Session) -> dict[str, Exchange]:
    """Return the first exchange of each agent, by role."""
    found: dict[str, Exchange] = {}
    for exchange in session.model.log.exchanges:
        if role := role_of(exchange.conversation):
            found.setdefault(role, exchange)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_example_runs_to_its_synthesis(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """The first example ends with SYNTHESIS.md, every task done, agents of a batch at work at the same time."""
    session = open_host(kind, Obedient(usual=HELD))
    session.install(scope, check=True)
    outcome = session.run(EXAMPLE).assert_ok()
    folder = run_folder(project)
    synthesis = (folder / "SYNTHESIS.md").read_text()
    assert "3 tasks = 3 done + 0 failed + 0 skipped + 0 pending" in synthesis, str(outcome)
    assert "SYNTHESIS.md" in outcome.out
    plan = json.loads((folder / "plan.json").read_text())
    assert "Build user authentication with React frontend, Go backend, tests, and docs" == plan["description"]
    agents = _of_agents(session)
    roles = [task for batch in plan["batches"] for task in batch["tasks"]]
    assert sorted(roles) == sorted(agents)
    first = sorted((agents[role] for role in plan["batches"][0]["tasks"]), key=lambda one: one.came)
    assert len(first) > 1
    assert all(later.came < earlier.ended for earlier, later in pairwise(first)), "agents ran one after another"
    for role in roles:
        assert f"by {role}\n" == (project.folder / "made" / f"{role}.txt").read_text()
        assert "Signs: `tick` $(none) $HOME > x" in (folder / "results" / f"{role}.md").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_failing_and_silent_agents_are_told_honestly(kind: str, open_host: Open, project: Project) -> None:
    """An agent that is blocked and one that hands in nothing are tried once more, then counted as failed."""
    behaviours = {"frontend-react": Behaviour("BLOCKED"), "backend-go": Behaviour(None)}
    session = open_host(kind, Obedient(behaviours))
    session.install("project")
    outcome = session.run("Add a Go API, a React page for it, and docker deployment").assert_ok()
    folder = run_folder(project)
    failed = {event["task"]: event["reason"] for event in _events(folder, "task_failed")}
    assert {"frontend-react", "backend-go"} == set(failed), str(outcome)
    assert "BLOCKED" in str(failed["frontend-react"])
    assert "handed in nothing" in str(failed["backend-go"])
    tries = [event["task"] for event in _events(folder, "task_started")]
    assert (2, 2) == (tries.count("frontend-react"), tries.count("backend-go"))
    synthesis = (folder / "SYNTHESIS.md").read_text()
    counts = [int(word) for word in synthesis.split("pending")[0].split() if word.isdigit()]
    assert counts[0] == sum(counts[1:])
    assert 2 == counts[2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_host_is_resumed_by_a_new_session(kind: str, open_host: Open, project: Project) -> None:
    """When the host dies in the middle, `/batch-run resume` goes on, and finished work is not done again."""
    slow = Obedient({"backend-go": Behaviour(seconds=300)})
    session = open_host(kind, slow)
    session.install("project")
    with session.started(EXAMPLE):
        _wait_for_result(project, "frontend-react")
    slow.behaviours = {}
    outcome = session.run("resume").assert_ok()
    folder = run_folder(project)
    assert "3 tasks = 3 done + 0 failed" in (folder / "SYNTHESIS.md").read_text(), str(outcome)
    assert 1 == len(_events(folder, "taken_over"))
    tries = [event["task"] for event in _events(folder, "task_started")]
    assert 1 == tries.count("frontend-react")


def _wait_for_result(project: Project, role: str) -> None:
    """Wait until a role's result is recorded while another is still at work."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if list(project.folder.glob(f".batchpack/runs/*/results/{role}.json")):
            return
        time.sleep(0.1)
    pytest.fail(f"{role} handed in nothing within a minute")


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[1]])
def test_a_program_off_path_is_called_by_its_path(kind: str, open_host: Open, project: Project) -> None:
    """Where PATH does not lead to batchpack, skill, grants, rules and printed commands all have its absolute path."""
    session = replace(open_host(kind, Obedient({"explorer": Behaviour()})), on_path=False)
    session.install("user")
    session.run("Research which API handlers lack tests").assert_ok()
    folder = run_folder(project)
    assert "explorer" in {event["task"] for event in _events(folder, "result")}
    assert "0 failed + 0 skipped + 0 pending" in (folder / "SYNTHESIS.md").read_text()
    commands = [
        str(call.arguments["command"])
        for exchange in session.model.log.exchanges
        for call in exchange.answer.calls
        if "command" in call.arguments
    ]
    assert commands
    assert all(command.startswith("/") for command in commands), commands


@pytest.mark.parametrize("kind", KINDS)
def test_a_linked_work_tree_is_worked_in(kind: str, open_host: Open, project: Project) -> None:
    """Opened in a linked work tree, the run lies in the main one, and agents still read their prompts there."""
    linked = project.folder.parent / "linked"
    project.git("worktree", "add", "-q", str(linked))
    session = replace(open_host(kind, Obedient()), folder=linked)
    session.install("user")
    outcome = session.run(EXAMPLE).assert_ok()
    assert "3 tasks = 3 done" in (run_folder(project) / "SYNTHESIS.md").read_text(), str(outcome)
    assert (linked / "made" / "backend-go.txt").exists()
    assert not (project.folder / "made").exists()


MINE = {
    OPENCODE: (".opencode/agent/debugger.md", "---\ndescription: mine\nmode: subagent\n---\n\nMY OWN WAY\n"),
    CLAUDE: (".claude/agents/debugger.md", "---\nname: debugger\ndescription: mine\n---\n\nMY OWN WAY\n"),
}


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[1]])
def test_the_users_own_agent_is_used_in_both_scopes_at_once(kind: str, open_host: Open, project: Project) -> None:
    """With the pack in the user's and the project's scope, words come once, and a user's agent does its role."""
    path, text = MINE[kind]
    project.write({path: text})
    session = open_host(kind, Obedient())
    session.install("user")
    assert "your own agents" in session.install("project").out
    session.run("Fix the bug that crashes the login").assert_ok()
    plan = json.loads((run_folder(project) / "plan.json").read_text())
    assert "Fix the bug that crashes the login" == plan["description"]
    of_debugger = [one for one in session.model.log.arrived if role_of(one) == "debugger"]
    assert of_debugger
    assert all("MY OWN WAY" in one.system for one in of_debugger)
    assert "0 failed + 0 skipped + 0 pending" in (run_folder(project) / "SYNTHESIS.md").read_text()


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[1]])
def test_a_changed_command_is_followed(kind: str, open_host: Open, project: Project) -> None:
    """When the skill names another program, the orchestrator runs that: nothing is known to it beforehand."""
    session = open_host(kind, Obedient())
    session.install("project")
    wrapper = project.home / "programs" / "packwrap"
    calls = project.home / "calls.txt"
    wrapper.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec batchpack "$@"\n')
    wrapper.chmod(0o755)
    for path in _texts(project):
        path.write_text(path.read_text().replace("batchpack start", "packwrap start"))
    for rules in project.folder.glob(".opencode/agents/batch-orchestrator.md"):
        own = rules.read_text().replace("(batchpack)", "(mine)")  # without the mark it is the user's, and not guarded
        rules.write_text(own.replace("batchpack *: allow", "batchpack *: allow\n    packwrap *: allow"))
    session.run("Fix the typo in the React login page").assert_ok()
    assert "start\n" == calls.read_text()
    assert (run_folder(project) / "SYNTHESIS.md").exists()


def _texts(project: Project) -> list[Path]:
    """List the skill and the command in the project."""
    found = [*project.folder.glob(".*/skills/batch-run/SKILL.md"), *project.folder.glob(".*/commands/*.md")]
    assert found
    return found


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)])
@pytest.mark.parametrize("scope", SCOPES)
def test_agents_in_the_background_are_waited_for(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """Where the host has agents in the background, as in an open session, the next command waits for them."""
    session = open_host(kind, Backgrounded(Obedient(usual=Behaviour(seconds=3.0))))
    session.install(scope)
    outcome = session.run(EXAMPLE).assert_ok()
    folder = run_folder(project)

    assert "3 tasks = 3 done + 0 failed + 0 skipped + 0 pending" in (folder / "SYNTHESIS.md").read_text(), str(outcome)
    assert [1, 1, 1] == [event["attempt"] for event in _events(folder, "task_started")]
