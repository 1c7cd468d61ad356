"""What the pack's hooks mark in the real programs, and that a session never notices them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger, manager
from batchpack.collector import Collector, Mark
from batchpack.metrics.collecting import collect
from batchpack.metrics.own.marks import Marks
from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Answer, Call, Conversation
from tests.support.project import Outcome, Project

CLAUDES = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)]
OF_OPENCODE = pytest.param(OPENCODE, marks=pytest.mark.host(OPENCODE))
KINDS = [*CLAUDES, OF_OPENCODE]
QUICK = [CLAUDES[0], OF_OPENCODE, pytest.param(OLD_CLAUDE, marks=[pytest.mark.host(OLD_CLAUDE), pytest.mark.thorough])]
AGENT = {CLAUDE: "batchpack:explorer", OLD_CLAUDE: "batchpack:explorer", OPENCODE: "explorer"}
STATE = ".local/state/batchpack"
TWO = ("alpha", "beta")


def _script(kind: str, agents: Sequence[str] = TWO) -> Any:
    """Make a script: the session starts an agent for each word at once, and all end."""

    def answer(conversation: Conversation) -> Answer:
        """Start agents where the session can and did not yet."""
        asked = " ".join(message.text for message in conversation.messages if message.role == "user")
        tool = {"opencode": "task"}.get(kind, "Agent")
        begun = any(f"part {word}." in asked for word in agents)
        if tool not in conversation.tools or begun or conversation.messages[-1].role == "tool":
            return Answer("done")
        more = {} if kind == OPENCODE else {"run_in_background": False}
        facts = {"subagent_type": AGENT[kind], "description": "x", **more}
        return Answer(calls=tuple(Call(tool, {**facts, "prompt": f"part {word}."}) for word in agents))

    return answer


def _run(session: Session) -> Outcome:
    """Run a session to its end."""
    return session.execute(["opencode", "run", "go"] if session.kind == OPENCODE else ["claude", "-p", "go"])


def _marks(project: Project) -> list[dict[str, Any]]:
    """Return the marks, earliest first."""
    files = (project.home / STATE / "marks").glob("*.jsonl")
    return sorted(
        (json.loads(line) for path in files for line in path.read_text().splitlines()), key=lambda one: one["at"]
    )


def _events(marks: Sequence[dict[str, Any]], part: str | None = None) -> list[str]:
    """Return the events of a part, or of the session itself."""
    return [one["event"] for one in marks if one.get("part") == part]


@pytest.mark.parametrize("kind", KINDS)
def test_agents_of_a_session_are_marked(kind: str, open_host: Open, project: Project) -> None:
    """Two agents at once begin and end, each tied to its session and its call; what anybody said stands nowhere."""
    session = open_host(kind, _script(kind))
    session.install("user")

    _run(session).assert_ok()

    marks = _marks(project)
    assert {session.host} == {one["host"] for one in marks}
    assert 1 == len({one["session"] for one in marks}), marks
    assert {str(project.folder)} == {one["project"] for one in marks}
    parts = {one["part"] for one in marks if "part" in one}
    assert 2 == len(parts), marks
    for part in parts:
        assert {"agent_started", "agent_ended", "agent_returned"} == set(_events(marks, part)), marks
    assert {AGENT[kind]} == {one["agent"] for one in marks if "part" in one}
    assert 2 == len({one["call"] for one in marks if one["event"] == "agent_returned"})
    assert "session_started" == _events(marks)[0]
    assert "part alpha" not in json.dumps(marks)


@pytest.mark.parametrize("kind", [CLAUDES[0], OF_OPENCODE])
def test_installed_twice_the_ledger_knows_each_mark_once(kind: str, open_host: Open, project: Project) -> None:
    """With hooks for the user and for the project the metrics hold one beginning and one end of an agent."""
    session = open_host(kind, _script(kind, ("alpha",)))
    session.install("user")
    session.install("project")

    _run(session).assert_ok()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str((project.home / STATE).parent))
        facts = [fact for source in Marks().sources() for one in Marks().read(source, None) for fact in one.facts]
    found = [fact.event for fact in facts if isinstance(fact, Mark) and fact.session.part]
    assert ["agent_ended", "agent_returned", "agent_started"] == sorted(found)


@pytest.mark.parametrize("kind", QUICK)
def test_marks_are_of_the_threads_that_the_hosts_own_records_tell_of(
    kind: str, open_host: Open, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the ledger marks and requests meet in the same threads, under the same names and calls, in either order."""
    session = open_host(kind, _script(kind))
    session.install("user")
    _run(session).assert_ok()
    for variable in ("XDG_STATE_HOME", "XDG_DATA_HOME", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(project.home))
    readers: list[Collector] = [Marks(), manager.load().collectors[session.host]]
    known = []

    for order in (readers, readers[::-1]):
        with ledger.open(project.home / f"{order[0].NAME}.sqlite") as book:
            collect(order, book)
            marked = {mark.session for mark in book.marks()}
            used = {row.session for row in book.sessions() if row.sums.requests}
        assert 3 == len(used), used
        assert used == marked
        assert 2 == len({one.call for one in used if one.part})
        known.append(used)

    assert known[0] == known[1]


@pytest.mark.parametrize("kind", QUICK)
def test_a_session_goes_on_where_nothing_can_be_marked(kind: str, open_host: Open, project: Project) -> None:
    """With a file where the folder of marks should be, and no interpreter, the session says what it always says."""
    session = open_host(kind, _script(kind))
    session.install("user")
    state = project.home / STATE / "marks"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("no folder")
    _lose_interpreter(project.home)

    done = _run(session).assert_ok()

    assert "done" in done.out
    assert "mark" not in done.out + done.err
    assert "no folder" == state.read_text()


def _lose_interpreter(home: Path) -> None:
    """Have the hooks that mark call an interpreter that is not there; the guard keeps its own."""
    path = home / ".claude/skills/batchpack/hooks/hooks.json"
    if path.is_file():
        hooks = json.loads(path.read_text())
        for groups in hooks["hooks"].values():
            for hook in (hook for group in groups for hook in group["hooks"]):
                if "mark.py" in hook["command"]:
                    hook["command"] = "/nowhere/python " + hook["command"].partition(" ")[2]
        path.write_text(json.dumps(hooks))


@pytest.mark.host(CLAUDE)
def test_an_agent_that_fails_is_marked(open_host: Open, project: Project) -> None:
    """An agent that does not exist leaves the failure of its call."""
    session = open_host(CLAUDE, _failing)
    session.install("user")

    _run(session).assert_ok()

    (failed,) = (one for one in _marks(project) if one["event"] == "agent_call_failed")
    assert ("nobody", False) == (failed["agent"], "part" in failed)


def _failing(conversation: Conversation) -> Answer:
    """Call an agent that is not there."""
    if "Agent" not in conversation.tools or conversation.messages[-1].role == "tool":
        return Answer("done")
    facts = {"subagent_type": "nobody", "description": "x", "prompt": "y", "run_in_background": False}
    return Answer(calls=(Call("Agent", facts),))
