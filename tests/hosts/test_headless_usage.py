"""What headless runs used, told by the run's journal and by the host's own records: each request counts once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger, manager
from batchpack.collector import Collector
from batchpack.ledger import Key, Row
from batchpack.metrics import own, reading
from batchpack.metrics.collecting import collect
from batchpack.metrics.values import Record
from tests.hosts.conftest import Open
from tests.support.anthropic_model import Anthropic
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Answer, Call, Conversation, Exchange
from tests.support.project import Project

KINDS = [
    pytest.param(CLAUDE, marks=pytest.mark.host("claude_code")),
    pytest.param(OPENCODE, marks=pytest.mark.host("opencode")),
    pytest.param(OLD_CLAUDE, marks=[pytest.mark.host("claude_code"), pytest.mark.thorough]),
]
PLAN = """\
name: shop
tasks:
  - {id: A-1, title: Enums, prompt: Write a.py., deliverables: [a.py], verify: [grep -q right a.py]}
  - {id: A-2, title: Model, prompt: Write b.py., deliverables: [b.py], verify: [grep -q right b.py]}
"""
FILES = {"A-1": "a.py", "A-2": "b.py"}
Sums = tuple[int, int, int, int]
"""Requests, and tokens that went in, came out, and were in or from the cache."""


def worker(kind: str) -> Any:
    """Return a model that writes what each task asks for, at the second task wrong at first."""

    def script(conversation: Conversation) -> Answer:
        asked = [message.text for message in conversation.messages if message.role == "user"]
        told = next((text for text in reversed(asked) if "Folder to work in: " in text), "")
        task = told.partition("# Task `")[2].partition("`")[0]
        if conversation.messages[-1].role == "tool" or not task:
            return Answer(f'RESULT: {{"task_id": "{task}", "status": "verified"}}')
        path = str(Path(told.partition("Folder to work in: ")[2].partition("\n")[0]) / FILES[task])
        text = "wrong\n" if task == "A-2" and "What went wrong before" not in told else "right\n"
        names = ("write", "filePath") if kind == OPENCODE else ("Write", "file_path")
        return Answer(calls=(Call(names[0], {names[1]: path, "content": text}),))

    return script


def truth(kind: str, exchanges: Iterable[Exchange]) -> Sums:
    """Return what the scripted model counted for conversations with tools, as the services tell it."""
    bodies = [one.body for one in exchanges if one.conversation.tools]
    if kind == OPENCODE:
        return len(bodies), sum(len(json.dumps(body)) // 4 for body in bodies), 9 * len(bodies), 0
    used = [Anthropic().usage(body, 0)[1] for body in bodies]
    kept = ("cache_read_input_tokens", "cache_creation_input_tokens")
    return (
        len(used), sum(one["input_tokens"] for one in used), sum(one["output_tokens"] for one in used),
        sum(one.get(name, 0) for one in used for name in kept),
    )  # fmt: skip


def sums(rows: Iterable[Row]) -> Sums:
    """Add rows up."""
    every = list(rows)
    return (
        sum(row.requests for row in every), sum(row.input for row in every), sum(row.output for row in every),
        sum(row.cache_read + row.write_5m + row.write_1h for row in every),
    )  # fmt: skip


def taken(path: Path, *groups: Sequence[Collector]) -> list[list[Row]]:
    """Collect into a new ledger, group after group; return the totals by run and task after each."""
    by: tuple[Key, ...] = ("host", "run", "task")
    found = []
    with ledger.open(path) as store:
        for group in groups:
            assert () == collect(group, store).complaints
            found.append(store.totals(by))
    return found


@pytest.fixture
def groups(project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Collector], list[Collector]]:
    """Return our own collectors and those of hosts, in the test's home."""
    monkeypatch.setenv("HOME", str(project.home))
    registry = manager.load()
    return list(own.collectors(registry.executors).values()), list(registry.collectors.values())


def check(session: Session, groups: tuple[list[Collector], list[Collector]], base: Path, run: str) -> list[Row]:
    """Hold the totals to the model's own count, whichever records are read first; return them."""
    ours, hosts = groups
    first, both = taken(base / "1.sqlite", ours, hosts)
    _, again, still = taken(base / "2.sqlite", hosts, ours, [*hosts, *ours])
    expected = truth(session.kind, session.model.log.exchanges)

    assert expected == sums(both)
    assert both == again == still
    assert {(session.host, run)} == {row.key[:2] for row in both}
    assert {row.key for row in first} == {row.key for row in both}
    assert expected[1:] <= sums(first)[1:], "what a host tells of itself has its small requests in it too"
    return both


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_counts_once(
    kind: str, open_host: Open, project: Project, groups: tuple[list[Collector], list[Collector]], tmp_path: Path
) -> None:
    """Journal first or transcripts first: the sums are the model's, to the token, each at the task it was for.

    Where nobody has the transcripts any more, the journal's own figures count.
    """
    session = open_host(kind, worker(kind))
    project.write({"plan.yaml": PLAN})
    name = "opencode" if kind == OPENCODE else "claude"
    if kind == OPENCODE:  # two that begin at once in a new home may both make its database: one is held up and pauses
        session.execute(["opencode", "session", "list"]).assert_ok()
        assert (project.home / ".local/share/opencode/opencode.db").is_file()
    project.run("run", "plan.yaml", "--executor", name, env=session.environment()).assert_ok()
    record = reading.find("latest", project.folder, ())
    found = check(session, groups, tmp_path, record.run)

    assert ["A-1", "A-2"] == [row.key[2] for row in found]
    assert 2 * found[0].requests == found[1].requests, "the second task took two attempts"
    assert {"A-1": 1, "A-2": 2} == {task.name: len(task.attempts) for task in record.tasks}
    without_records(project, record, groups, tmp_path)


def without_records(
    project: Project, record: Record, groups: tuple[list[Collector], list[Collector]], base: Path
) -> None:
    """Take the host's records away: what an executor was told at the end of each attempt stands in for them."""
    for place in (".claude/projects", ".local/share/opencode"):
        if (project.home / place).exists():
            (project.home / place).rename(project.home / f"gone-{Path(place).name}")
    spent = [one.usage for one in record.attempts]
    (found,) = taken(base / "3.sqlite", [*groups[1], *groups[0]])

    assert None not in spent
    assert 3 == len(spent) == sum(row.requests for row in found)
    assert sum(one.tokens for one in spent if one) == sum(sums(found)[1:])


def judge(conversation: Conversation) -> Answer:
    """Answer as the prompt asks."""
    told = "\n".join(message.text for message in conversation.messages)
    if "Tell offers from the rest" not in told:
        return Answer("A title")
    if '"item": "mail-2"' in told and "was refused" not in told:
        return Answer("I cannot say.")
    return Answer('{"category": "other", "rationale": "its subject"}')


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_over_items_counts_once(
    kind: str, open_host: Open, project: Project, groups: tuple[list[Collector], list[Collector]], tmp_path: Path
) -> None:
    """Each call's session is tied to its batch and chunk; calls that had to be repeated count as well."""
    rows = [{"id": f"mail-{n}", "subject": f"Hello {n}"} for n in range(1, 4)]
    project.write({
        "mails.jsonl": "".join(json.dumps(row) + "\n" for row in rows), "ask.j2": "Tell offers from the rest.\n",
    })  # fmt: skip
    project.run("items", "add", "mails.jsonl", "--name", "mails").assert_ok()
    project.run("items", "chunk", "--by", "size", "--max", "2").assert_ok()
    session = open_host(kind, judge)
    name = "opencode" if kind == OPENCODE else "claude"
    words = ("items", "run", "-j", "2", "--executor", name, "--prompt", "ask.j2")
    project.run(*words, env=session.environment()).assert_ok()
    found = check(session, groups, tmp_path, "mails")

    assert ["chunk-01", "chunk-02"] == [row.key[2] for row in found]
    assert 4 == sum(row.requests for row in found)
