"""What is collected from the real Claude Code is what its model was asked for, to the token, and as ccusage counts."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger, process
from batchpack.collector import Used
from batchpack.ledger import Row
from batchpack.metrics.collecting import collect
from tests.hosts.conftest import Open
from tests.support import claude_records as records
from tests.support.claude_records import AGENT, AT, answered, collector, said, usage
from tests.support.hosts import CCUSAGE, CLAUDE, OLD_CLAUDE, Session, find
from tests.support.metered_model import Metered, MeteredAnthropic
from tests.support.model import Answer, Call, Conversation, Script, serving
from tests.support.orchestrator import Obedient
from tests.support.project import ROOT, Project
from tests.support.talk import Steps, Talk, follow

KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)]
NEW_FIRST = [KINDS[0], pytest.param(OLD_CLAUDE, marks=[pytest.mark.host(OLD_CLAUDE), pytest.mark.thorough])]
Counts = tuple[int, int, int, int]
"""Input, output, read from the cache, written to it."""


class Busy:
    """A session whose agents work side by side, one below the other and in the background, and are refused at first."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as whoever asks; a few of the requests are too much for the service the first time."""
        talk = Talk(conversation)
        with self._lock:
            place = (talk.told, len(conversation.messages))
            self._asked[place] += 1
            first = self._asked[place] == 1
        if first and "SECOND" in talk.told:
            return Answer(status=529)
        if first and "INNER" in talk.told:
            return Answer(status=429)
        answer = follow(conversation, _work(talk))
        return Answer("I do this now.", answer.calls) if answer.calls else answer


def _work(talk: Talk) -> Steps:
    """Do what the role that was named does."""
    match talk.told.split()[-1]:
        case "MAIN":
            yield (_agent(talk, "FIRST"), _agent(talk, "SECOND"))
            yield (_agent(talk, "OUTER"),)
            yield (_agent(talk, "BEHIND", background=True),)
        case "OUTER":
            yield (_agent(talk, "INNER"),)
        case "FIRST" | "SECOND" | "BEHIND":
            yield (talk.call("Bash", command="echo hello"),)
    return "Done."


def _agent(talk: Talk, role: str, *, background: bool = False) -> Call:
    """Start an agent."""
    tool = next(name for name in talk.conversation.tools if name in {"Agent", "Task"})
    return talk.call(
        tool, description=role, prompt=f"You are {role}", subagent_type="general-purpose", run_in_background=background
    )


@contextmanager
def claude(kind: str, project: Project, script: Script) -> Iterator[tuple[Session, MeteredAnthropic]]:
    """Serve a script whose every answer uses another number of tokens, and make the host ready."""
    program, wire = find(kind), MeteredAnthropic()
    project.write({"README.md": "# A project\n"}).init_git()
    with serving(wire, script) as model:
        session = Session(project, program, kind, model)
        session.environment()
        yield session, wire
        assert [] == model.log.faults


def run(session: Session, *words: str) -> dict[str, Any]:
    """Run the host once and return its result."""
    argv = ["claude", "-p", *words, "--permission-mode", "acceptEdits", "--output-format", "json"]
    found: dict[str, Any] = session.execute(argv).json()
    return found


def counts(rows: Sequence[Row | Metered | Used]) -> Counts:
    """Return the sums of some rows."""
    return (
        sum(one.input for one in rows), sum(one.output for one in rows), sum(one.cache_read for one in rows),
        sum(one.write_5m + one.write_1h for one in rows),
    )  # fmt: skip


def ccusage(home: Path) -> Counts:
    """Return what ccusage counts in a home."""
    total = _totals(home)
    return (total["inputTokens"], total["outputTokens"], total["cacheReadTokens"], total["cacheCreationTokens"])


def _totals(home: Path) -> dict[str, Any]:
    """Return the totals of ccusage."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LOG_LEVEL": "0"}
    words = [str(find(CCUSAGE)), "claude", "session", "--json", "--offline"]
    found: dict[str, Any] = json.loads(process.run(words, env=environment, check=False).out)["totals"]
    return found


@contextmanager
def collecting(path: Path) -> Iterator[None]:
    """Collect over and over while the host writes, with two collectors at once."""
    over, page = threading.Event(), collector()

    def go_on() -> None:
        while not over.wait(0.02):
            with ledger.open(path) as opened:
                collect([page], opened)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(go_on) for _ in range(2)]
        try:
            yield
        finally:
            over.set()
    for one in both:
        one.result()


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_a_session_used_is_counted_once(
    kind: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents side by side, nested and in the background, retries, a resumed and a forked session: the scripted truth.

    It was collected all the while, by two at once, so every state of the files was read; ccusage says the same, and
    the dollars are those that the new version says at its end, or ccusage, which knows the model of the old one.
    """
    monkeypatch.setenv("HOME", str(project.home))
    place = tmp_path / "metrics.sqlite"
    with claude(kind, project, Busy()) as (session, wire):
        with collecting(place):
            first = run(session, "You are MAIN")["session_id"]
            run(session, "And you are AGAIN", "--resume", first)
            last = run(session, "And you are FORKED", "--resume", first, "--fork-session")
        with ledger.open(place) as opened:
            passed = collect([collector()], opened)
            collect([collector()], opened)
            parts = {one.session.part: one for one in opened.sessions()}
            total = opened.totals()
            by_model = opened.totals(["model"])
            of_fork = opened.totals([], ledger.Where(session=last["session_id"]))
        truth = counts(wire.account)

    assert () == passed.complaints
    assert truth == counts(total) == ccusage(project.home)
    assert (len(wire.account), 16) == (total[0].requests, len(wire.account))
    said_cost = last["total_cost_usd"] if kind == CLAUDE else _totals(project.home)["totalCost"]
    assert said_cost == pytest.approx(float(total[0].dollars or 0), abs=1e-9)
    assert {one.model for one in wire.account} == {row.key[0] for row in by_model}
    assert sum(one.write_1h for one in wire.account) == total[0].write_1h
    assert counts(wire.account[-1:]) == counts(of_fork)
    names = {_role(project.home, part): one for part, one in parts.items() if part}
    assert {"FIRST": 2, "SECOND": 2, "OUTER": 2, "INNER": 1, "BEHIND": 2} == {
        name: one.sums.requests for name, one in names.items()
    }
    for name, one in names.items():
        starter = names["OUTER"].session.part if name == "INNER" else first
        assert (first, starter, "general-purpose") == (one.session.id, one.session.parent, one.session.agent)
        assert str(project.folder) == one.session.project
        assert one.session.call.startswith("toolu_")


def _role(home: Path, part: str) -> str:
    """Return the role that an agent was told."""
    (path,) = home.glob(f".claude/projects/*/*/subagents/agent-{part}.jsonl")
    return str(json.loads(path.read_text().splitlines()[0])["message"]["content"]).split()[-1]


@pytest.mark.host(CLAUDE)
def test_records_that_were_moved_are_found(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to keep its records elsewhere, Claude Code does, and they are looked for there."""
    for name, value in {"HOME": project.home, "CLAUDE_CONFIG_DIR": tmp_path / "else where"}.items():
        monkeypatch.setenv(name, str(value))
    with claude(CLAUDE, project, Busy()) as (session, wire), ledger.open(tmp_path / "metrics.sqlite") as opened:
        argv = [str(project.home / "programs" / "claude"), "-p", "You are ALONE"]
        project.execute(argv, env={**session.environment(), "CLAUDE_CONFIG_DIR": str(tmp_path / "else where")})
        collect([collector()], opened)
        total = opened.totals()

    assert not (project.home / ".claude" / "projects").exists()
    assert counts(wire.account) == counts(total)
    assert 1 == total[0].requests


@pytest.mark.parametrize("kind", NEW_FIRST)
def test_what_agents_used_is_tied_to_their_tasks(
    kind: str, open_host: Open, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each agent of `/batch-run` read its prompt's file, so its run, task and attempt are known without its help."""
    monkeypatch.setenv("HOME", str(project.home))
    session = open_host(kind, Obedient())
    session.install("project")
    outcome = session.run("Add a Go API, a React page for it, and docker deployment").assert_ok()
    assert "SYNTHESIS.md" in outcome.out, str(outcome)
    (folder,) = (project.folder / ".batchpack" / "runs").glob("[0-9]*")
    tasks = [task for batch in json.loads((folder / "plan.json").read_text())["batches"] for task in batch["tasks"]]
    with ledger.open(tmp_path / "metrics.sqlite") as opened:
        collect([collector()], opened)
        rows = opened.totals(["run", "task", "attempt"])

    assert sorted((folder.name, task, "1") for task in tasks) == [row.key for row in rows if row.key[1]]


def _without(line: str, *keys: str) -> str:
    """Return a line without some of its fields."""
    record = json.loads(line)
    for key in keys:
        record.pop(key, None)
        record["message"].pop(key, None)
    return json.dumps(record, separators=(",", ":")) + "\n"


COMPACTED = {"type": "compaction", "input_tokens": 1000, "output_tokens": 10}
ADVISED = {"type": "advisor_message", "model": "claude-opus-4-8", "input_tokens": 1000, "output_tokens": 10}
OLD = {"input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 30}
SAME: dict[str, tuple[list[str], Counts]] = {
    "requests": ([said("x"), answered(1, 5, 7, 100, 20, 3), answered(2, 6, 8)], (11, 15, 100, 23)),
    "the blocks of a message": ([answered(1, 5, 7)] * 3, (5, 7, 0, 0)),
    "a streamed message": ([answered(1, 5, 1), answered(1, 5, 70)], (5, 70, 0, 0)),
    "the lines of it in another order": ([answered(1, 5, 70), answered(1, 5, 1)], (5, 70, 0, 0)),
    "a copy in an agent's transcript": ([answered(1, 5, 7), answered(1, 5, 7, agent=AGENT)], (5, 7, 0, 0)),
    "a copy in a forked session": ([answered(1, 5, 7), answered(1, 5, 7, session="fork")], (5, 7, 0, 0)),
    "an agent": ([answered(1, 5, 7), answered(2, 5, 7, agent=AGENT)], (10, 14, 0, 0)),
    "no id of the request": ([_without(answered(1, 5, 7), "requestId")] * 2, (5, 7, 0, 0)),
    "one id, two requests": ([answered(1, 5, 7), answered(1, 5, 7, requestId="req_other")], (10, 14, 0, 0)),
    "no model": ([_without(answered(1, 5, 7), "model")], (5, 7, 0, 0)),
    "the cache of old versions": ([answered(1, of=OLD)], (1, 2, 0, 30)),
    "advice of another model": ([answered(1, of={**usage(5, 7), "iterations": [ADVISED]})], (1005, 17, 0, 0)),
    "foreign and torn lines": ([answered(1, 5, 7), "x\n", answered(2, 5)[:90] + "\n", answered(3, 5)], (10, 7, 0, 0)),
    "a last line without its end": ([answered(1, 5, 7).rstrip("\n")], (5, 7, 0, 0)),
    "negative figures": ([answered(1, of={**usage(), "input_tokens": -5})], (0, 0, 0, 0)),
    "figures that are texts": ([answered(1, of={**usage(), "input_tokens": "5"})], (0, 0, 0, 0)),
    "messages within messages": (
        [f'{{"type":"progress","data":{{"message":{answered(1, 5).strip()}}}}}\n'],
        (0, 0, 0, 0),
    ),
}
"""Records that both count alike, and what they come to."""
OTHERWISE: dict[str, tuple[list[str], Counts, Counts, str]] = {
    "Claude Code's own messages": (
        [answered(1, 5, 7).replace("claude-opus-5-5", "<synthetic>")], (0, 0, 0, 0), (5, 7, 0, 0),
        "no model was asked for them",
    ),
    "compaction by the service": (
        [answered(1, of={**usage(5, 7), "iterations": [COMPACTED]})], (1005, 17, 0, 0), (5, 7, 0, 0),
        "it is paid for, and not in the counts of the message",
    ),
    "a record behind a torn line": (
        [answered(1, 5, 7), answered(2, 5)[:90] + answered(3, 5, 7)], (10, 14, 0, 0), (5, 7, 0, 0),
        "it is whole, though a session that was killed left half a line before it",
    ),
    "lines without the id of a message": (
        [_without(answered(1, 5, 7), "id")] * 2, (5, 7, 0, 0), (10, 14, 0, 0), "the line has an id, and is the same",
    ),
    "records without a time": (
        [answered(1, 5, 7).replace(AT, "yesterday")], (5, 7, 0, 0), (0, 0, 0, 0), "they were paid for, whenever it was",
    ),
    "figures that are missing": (
        [answered(1, of={"input_tokens": 5, "output_tokens": None})], (5, 0, 0, 0), (0, 0, 0, 0),
        "what is there was used",
    ),
    "absurd figures": (
        [answered(1, of={**usage(), "input_tokens": 10**13})], (0, 0, 0, 0), (10**13, 0, 0, 0),
        "no request has that many tokens: they are told as a complaint",
    ),
    "the highest of each count": (
        [answered(1, 5, 70), answered(1, 9, 1)], (9, 70, 0, 0), (5, 70, 0, 0),
        "the counts of a streamed message only grow, so the highest of each is the last",
    ),
}  # fmt: skip
"""Records that are counted otherwise: what they come to here, what in ccusage, and why."""


def our_count(home: Path, lines: list[str]) -> Counts:
    """Write lines into the transcripts that they belong to and return what is collected from them."""
    for line in lines:
        found = records.AGENT if f'"agentId":"{AGENT}"' in line else ""
        name = "fork" if '"sessionId":"fork"' in line else records.SESSION
        path = records.transcript(home, session=name, agent=found) if not _at(home, name, found).exists() else None
        with (path or _at(home, name, found)).open("a") as stream:
            stream.write(line)
    with ledger.open(home / "metrics.sqlite") as opened:
        collect([collector()], opened)
        return counts(opened.totals())


def _at(home: Path, name: str, agent: str) -> Path:
    """Return where a transcript lies."""
    folder = home / ".claude" / "projects" / "-home-you-project"
    return folder / name / "subagents" / f"agent-{agent}.jsonl" if agent else folder / f"{name}.jsonl"


@pytest.mark.host(CCUSAGE)
@pytest.mark.parametrize("what", SAME)
def test_ccusage_counts_the_same(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where both are right they agree to the token."""
    monkeypatch.setenv("HOME", str(tmp_path))
    lines, expected = SAME[what]

    assert (expected, expected) == (our_count(tmp_path, lines), ccusage(tmp_path))


@pytest.mark.host(CCUSAGE)
@pytest.mark.parametrize("what", OTHERWISE)
def test_each_difference_to_ccusage_is_known(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted otherwise stands in the table with its reason; a difference that ends is one to take out."""
    monkeypatch.setenv("HOME", str(tmp_path))
    lines, ours, theirs, why = OTHERWISE[what]

    assert (ours, theirs) == (our_count(tmp_path, lines), ccusage(tmp_path)), why


def test_the_page_has_each_difference() -> None:
    """The table that users see has the rows of the one that is tested, in its order, with the same reasons."""
    page = (ROOT / "docs" / "transcripts.md").read_text().partition("| in the transcript |")[2].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page if line.startswith("| ")]

    assert [(what, row[3]) for what, row in OTHERWISE.items()] == [(row[0], row[-1]) for row in rows]
