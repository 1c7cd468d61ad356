"""What is collected from the real opencode is what its model was asked for, to the token."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from batchpack import ledger, manager
from batchpack.collector import Collector
from batchpack.ledger import Row
from batchpack.metrics.collecting import collect
from tests.hosts.conftest import Open
from tests.support import hosts
from tests.support.hosts import OPENCODE, Session
from tests.support.metered_openai import Metered, MeteredOpenAI
from tests.support.model import Answer, Call, Conversation, Script
from tests.support.orchestrator import Obedient
from tests.support.project import Project
from tests.support.talk import Steps, Talk, follow

pytestmark = pytest.mark.host(OPENCODE)
PRICES = {"input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75}
"""Dollars for a million tokens, in opencode's settings."""
Counts = tuple[int, int, int]


class Busy:
    """A session whose agents work side by side and one below the other, and are refused at first."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as whoever asks; one request is too much for the service the first time."""
        if not conversation.tools:
            return Answer("A title")
        talk = Talk(conversation)
        with self._lock:
            place = (talk.told, len(conversation.messages))
            self._asked[place] += 1
            first = self._asked[place] == 1
        return Answer(status=529) if first and "SECOND" in talk.told else follow(conversation, _work(talk))


def _work(talk: Talk) -> Steps:
    """Do what the role that was named does."""
    match talk.told.split()[-1].strip('"'):
        case "MAIN":
            yield (_agent(talk, "FIRST"), _agent(talk, "SECOND"), _agent(talk, "OUTER"))
        case "OUTER":
            yield (_agent(talk, "INNER"),)
        case "FIRST" | "SECOND":
            yield (talk.call("bash", command="echo hello", description="greets"),)
    return "Done."


def _agent(talk: Talk, role: str) -> Call:
    """Start an agent."""
    return talk.call("task", description=role, prompt=f"You are {role}", subagent_type="general")


def collector() -> Collector:
    """Return the collector as the plugin manager has it."""
    return manager.load().collectors["opencode"]


@contextmanager
def opencode(project: Project, script: Script, prices: object = None) -> Iterator[tuple[Session, MeteredOpenAI]]:
    """Serve a script whose every answer uses another number of tokens, to an opencode whose agents start agents."""
    wire = MeteredOpenAI()
    project.write({"README.md": "# A project\n"}).init_git()
    with hosts.session(OPENCODE, project, script, wire) as session:
        path = project.home / ".config/opencode/opencode.json"
        settings = json.loads(path.read_text())
        settings |= {"subagent_depth": 3, "agent": {"general": {"permission": {"task": "allow"}}}}
        settings["provider"]["local"]["models"]["scripted"] |= {"cost": prices} if prices else {}
        path.write_text(json.dumps(settings))
        yield session, wire


def run(session: Session, *words: str) -> str:
    """Run opencode once and return its session."""
    out = session.execute(["opencode", "run", "--format", "json", *words]).assert_ok().out
    return str(json.loads(out.splitlines()[0])["sessionID"])


@contextmanager
def started(session: Session, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start opencode in a process group of its own, which somebody ends."""
    program, environment = str(session.project.home / "programs/opencode"), session.environment()
    with subprocess.Popen(
        [program, "run", *words], cwd=session.project.folder, env=session.project.environment(environment),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as child:  # fmt: skip
        yield child


def counts(rows: Sequence[Row | Metered]) -> Counts:
    """Return the sums of some rows."""
    return sum(one.input for one in rows), sum(one.output for one in rows), sum(one.cache_read for one in rows)


@contextmanager
def collecting(path: Path) -> Iterator[None]:
    """Collect over and over while opencode writes, twice at once."""
    over, readers = threading.Event(), [collector()]

    def go_on() -> None:
        while not over.wait(0.02):
            with ledger.open(path) as opened:
                collect(readers, opened)

    threads = [threading.Thread(target=go_on) for _ in range(2)]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in threads:
            one.join()


def test_all_that_a_session_used_is_counted_once(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents side by side and nested, a retry, a session that went on and one that was forked: the scripted truth.

    It was collected all the while, by two at once, so every state of the records was read. That a session was given a
    title is in no record.
    """
    monkeypatch.setenv("HOME", str(project.home))
    place = tmp_path / "metrics.sqlite"
    with opencode(project, Busy()) as (session, wire):
        with collecting(place):
            first = run(session, "You are MAIN")
            run(session, f"--session={first}", "And you are AGAIN")
            forked = run(session, f"--session={first}", "--fork", "And you are FORKED")
        with ledger.open(place) as opened:
            passed = collect([collector()], opened)
            parts = {one.session.part: one for one in opened.sessions() if one.session.part}
            total = opened.totals()
            of_fork = opened.totals([], ledger.Where(session=forked))
        account = [one for one in wire.account if not one.titled]

    assert () == passed.complaints
    assert [1, 11] == [len(wire.account) - len(account), len(account)]
    assert counts(account) == counts(total)
    assert (11, None, None) == (total[0].requests, total[0].dollars, total[0].said_dollars)
    assert counts(account[-1:]) == counts(of_fork)
    outer = next(one.session.part for one in parts.values() if one.session.parent in parts)
    assert [2, 2, 2, 1] == sorted((one.sums.requests for one in parts.values()), reverse=True)
    assert {first} == {one.session.parent for one in parts.values() if one.session.part != outer}
    assert {(first, "general", str(project.folder))} == {
        (one.session.id, one.session.agent, one.session.project) for one in parts.values()
    }
    assert 4 == len({one.session.call for one in parts.values() if one.session.call})


def test_what_opencode_says_it_cost_is_kept(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With prices in its settings, opencode's own figure is told beside the tokens, and not mistaken for ours.

    It ran in a work tree of an agent's, and so for the project that this was made for.
    """
    monkeypatch.setenv("HOME", str(project.home))
    with opencode(project, Busy(), PRICES) as (session, wire):
        tree = project.folder.with_name("project.worktrees") / "run" / "task"
        project.git("worktree", "add", "-q", str(tree))
        run(replace(session, folder=tree), "--title=priced", "You are ALONE")
    with ledger.open(tmp_path / "metrics.sqlite") as opened:
        collect([collector()], opened)
        (row,) = opened.totals(["project"])
    (one,) = wire.account

    said = one.input * PRICES["input"] + one.output * PRICES["output"] + one.cache_read * PRICES["cache_read"]
    assert round(said) == round((row.said_dollars or 0) * 1_000_000)
    assert (1, None, str(project.folder)) == (row.said_requests, row.dollars, row.key[0])


def test_a_killed_opencode_costs_nothing_that_was_told(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the midst of an answer, all that came before it is counted; gone on with, so is what follows."""
    monkeypatch.setenv("HOME", str(project.home))
    held = threading.Event()

    def script(conversation: Conversation) -> Answer:
        if "FIRST" in Talk(conversation).told and len(conversation.messages) > 2 and not held.is_set():
            held.set()
            return Answer("too late", seconds=60)
        return follow(conversation, _work(Talk(conversation))) if conversation.tools else Answer("A title")

    with opencode(project, script) as (session, wire), ledger.open(tmp_path / "metrics.sqlite") as opened:
        with started(session, "--title=killed", "You are FIRST") as child:
            assert held.wait(60)
            collect([collector()], opened)
            os.killpg(child.pid, signal.SIGKILL)
        collect([collector()], opened)
        before = counts([one for one in wire.account if not one.titled])
        assert before == counts(opened.totals())
        run(session, "--continue", "You are AGAIN")
        assert () == collect([collector()], opened).complaints
        assert counts([one for one in wire.account if not one.titled]) == counts(opened.totals())
        assert before < counts(opened.totals())


def test_what_agents_used_is_tied_to_their_tasks(
    open_host: Open, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each agent of `/batch-run` read its prompt's file, so its run, task and attempt are known without its help."""
    monkeypatch.setenv("HOME", str(project.home))
    session = open_host(OPENCODE, Obedient())
    session.install("project")
    outcome = session.run("Add a Go API, a React page for it, and docker deployment").assert_ok()
    assert "SYNTHESIS.md" in outcome.out, str(outcome)
    (folder,) = (project.folder / ".batchpack" / "runs").glob("[0-9]*")
    tasks = [task for batch in json.loads((folder / "plan.json").read_text())["batches"] for task in batch["tasks"]]
    with ledger.open(tmp_path / "metrics.sqlite") as opened:
        collect([collector()], opened)
        rows = opened.totals(["run", "task", "attempt"])

    assert sorted((folder.name, task, "1") for task in tasks) == [row.key for row in rows if row.key[1]]
