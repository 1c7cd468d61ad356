"""A guard that is missing, broken or changed leaves the pack's agents without tools in opencode, and nobody else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import OPENCODE, Session
from tests.support.model import Answer, Call, Conversation
from tests.support.project import Outcome, Project

pytestmark = pytest.mark.host(OPENCODE)
ROLE = "try as "
GOT = ("got-1", "got-2", "got-3")


def _bash(command: str) -> Call:
    """Run a command."""
    return Call("bash", {"command": command, "description": "x"})


def _start(agent: str, prompt: str) -> Call:
    """Start an agent."""
    return Call("task", {"subagent_type": agent, "prompt": f"{ROLE}{prompt}", "description": "x"})


@dataclass(frozen=True)
class Trial:
    """A script: the main agent does something of its own and starts agents; each makes its calls, known by prompt."""

    calls: dict[str, tuple[Call, ...]]
    agents: tuple[tuple[str, str], ...] = (("explorer", "explorer"),)

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the main agent, or as one of those that it started."""
        told = conversation.messages[0].text
        is_title = ROLE not in told and not conversation.tools  # an agent without tools is let try all the same
        if is_title or conversation.messages[-1].role == "tool":
            return Answer("done")
        if ROLE in told:
            return Answer(calls=self.calls[told.partition(ROLE)[2].split()[0]])
        return Answer(calls=(_bash("touch main-did"), *(_start(agent, prompt) for agent, prompt in self.agents)))


def _explorer(project: Project) -> Trial:
    """Let an explorer try a few ways to leave something, one of them a command that it may run, and a look."""
    write = Call("write", {"filePath": str(project.folder / "got-1"), "content": "x"})
    return Trial({"explorer": (write, _bash("touch got-2"), _bash("git log -1 > got-3"), _bash("git log -1"))})


def _results(session: Session, prompt: str) -> list[str]:
    """Return what each call of an agent gave."""
    for exchange in session.model.log.exchanges:
        messages = exchange.conversation.messages
        if f"{ROLE}{prompt}" in messages[0].text and messages[-1].role == "tool":
            return [message.text for message in messages if message.role == "tool"]
    return []


def _plugin(project: Project) -> Path:
    """Return where the guard's plugin lies."""
    return project.folder / ".opencode/plugins/batchpack-guard.js"


def _policy(project: Project) -> Path:
    """Return where the guard's policy lies."""
    return project.folder / ".opencode/batchpack/policy.json"


def _break_plugin(project: Project) -> None:
    """Give the plugin a fault of grammar."""
    _plugin(project).write_text(_plugin(project).read_text() + "\n}")


def _widen_policy(project: Project) -> None:
    """Let the policy allow the explorer all."""
    policy = json.loads(_policy(project).read_text())
    policy["agents"]["explorer"] |= {"edit": "allow", "bash": "allow"}
    policy["rules"]["explorer"] = {"*": "allow"}
    _policy(project).write_text(json.dumps(policy))


def _take_python(project: Project) -> None:
    """Have the plugin name an interpreter that is gone."""
    text = _plugin(project).read_text()
    assert sys.executable in text
    _plugin(project).write_text(text.replace(sys.executable, "/nowhere/python"))


def _take_engine(project: Project) -> None:
    """Have the plugin name an interpreter that does not have the engine."""
    plain = project.folder.parent / "plain-python"
    plain.write_text('#!/bin/sh\necho "No module named batchpack" >&2\nexit 1\n')
    plain.chmod(0o755)
    _plugin(project).write_text(_plugin(project).read_text().replace(sys.executable, str(plain)))


def _nothing(project: Project) -> None:
    """Leave all as it is."""


FAULTS: dict[str, tuple[Callable[[Project], object], str]] = {
    "plugin removed": (lambda project: _plugin(project).unlink(), ""),
    "plugin broken": (_break_plugin, ""),
    "plugins off": (_nothing, "--pure"),
    "policy removed": (lambda project: _policy(project).unlink(), ""),
    "policy changed": (_widen_policy, ""),
    "python missing": (_take_python, ""),
    "engine missing": (_take_engine, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_agents_are_refused_when_the_guard_is_not_whole(fault: str, open_host: Open, project: Project) -> None:
    """The explorer leaves nothing and sees nothing; the user's own agent works on."""
    session = open_host(OPENCODE, _explorer(project))
    session.install("project")
    breaking, switch = FAULTS[fault]
    breaking(project)
    session.execute(["opencode", "run", *([switch] if switch else []), "begin"]).assert_ok()
    assert [] == [name for name in GOT if (project.folder / name).exists()]
    assert not any("Author:" in result for result in _results(session, "explorer"))
    assert (project.folder / "main-did").exists()


def _asked(session: Session) -> Outcome:
    """Ask doctor."""
    return session.project.run("doctor", env=session.environment())


@pytest.mark.parametrize("fault", ["plugin removed", "engine missing"])
def test_doctor_finds_it(fault: str, open_host: Open, project: Project) -> None:
    """Doctor says that the agents are refused, and what to do."""
    session = open_host(OPENCODE, _explorer(project))
    session.install("project")
    FAULTS[fault][0](project)
    done = _asked(session)
    assert 1 == done.code, str(done)
    assert "FAILED: guard" in done.out, str(done)
    assert "batchpack install" in done.out


def test_a_broken_guard_is_told_where_a_person_looks(open_host: Open, project: Project) -> None:
    """The agent is told to answer with the reason and the way out, so it stands in its result."""
    session = open_host(OPENCODE, _explorer(project))
    session.install("project")
    _widen_policy(project)
    session.execute(["opencode", "run", "begin"]).assert_ok()
    told = next(one.system for one in session.model.log.arrived if ROLE in one.messages[0].text)
    assert f"batchpack: refused, its guard is broken: {_policy(project)} was changed; run `batchpack install`" in told


@pytest.mark.parametrize("scopes", [("user",), ("project",), ("user", "project")])
def test_three_agents_at_once_are_judged_each_for_itself(
    scopes: tuple[str, ...], open_host: Open, project: Project
) -> None:
    """Three at once, of two kinds: what one may do the other may not; installed twice, the project's policy holds."""
    calls = (_bash("touch built"), _bash("git log -1"), _bash("git log -1 > got-3"))
    trial = Trial(
        dict.fromkeys(("one", "two", "three"), calls),
        (("explorer", "one"), ("backend-go", "two"), ("explorer", "three")),
    )
    session = open_host(OPENCODE, trial)
    for scope in scopes:
        session.install(scope)
    session.execute(["opencode", "run", "begin"]).assert_ok()
    for prompt in ("one", "three"):
        touched, looked, redirected = _results(session, prompt)
        assert "batchpack's guard" in redirected
        assert "Author:" in looked
        assert "rule" in touched or "batchpack's guard" in touched
    assert (project.folder / "built").exists()


def test_an_agent_of_the_users_own_is_left_alone(open_host: Open, project: Project) -> None:
    """An agent of the project's by the name of a role is the user's: the user's pack leaves it alone."""
    session = open_host(OPENCODE, _explorer(project))
    session.install("user")
    project.write({".opencode/agents/explorer.md": "---\ndescription: my own\npermission:\n  bash: allow\n---\nhi\n"})
    session.execute(["opencode", "run", "begin"]).assert_ok()
    assert ["got-2", "got-3"] == [name for name in GOT if (project.folder / name).exists()]


def test_what_the_user_forbids_beyond_it_holds(open_host: Open, project: Project) -> None:
    """A rule in the user's settings takes from an agent; none gives it more."""
    session = open_host(OPENCODE, _explorer(project))
    rules = {"bash": {"git log -1": "deny", "touch *": "allow"}, "edit": "allow"}
    project.write({"opencode.json": json.dumps({"agent": {"explorer": {"permission": rules}}})})
    session.install("project")
    session.execute(["opencode", "run", "begin"]).assert_ok()
    assert [] == [name for name in GOT if (project.folder / name).exists()]
    assert not any("Author:" in result for result in _results(session, "explorer"))


def test_a_users_command_may_start_an_agent(open_host: Open, project: Project) -> None:
    """A command that runs as one of the pack's agents is the user's call, and the agent is judged as ever."""
    session = open_host(OPENCODE, _explorer(project))
    session.install("project")
    project.write({".opencode/commands/look.md": f"---\nagent: explorer\nsubtask: true\n---\n{ROLE}explorer\n"})
    session.execute(["opencode", "run", "--command", "look"]).assert_ok()
    assert "Author:" in _results(session, "explorer")[-1]
    assert [] == [name for name in GOT if (project.folder / name).exists()]


def test_a_resumed_session_is_the_users(open_host: Open, project: Project) -> None:
    """A second turn in a session of the user's own works as the first did."""
    session = open_host(OPENCODE, Trial({}, ()))
    session.install("project")
    session.execute(["opencode", "run", "begin"]).assert_ok()
    (project.folder / "main-did").unlink()
    session.execute(["opencode", "run", "--continue", "again"]).assert_ok()
    assert (project.folder / "main-did").exists()
