"""`batchpack messages stream` as a process: kills that cost nothing twice, true words at the end."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.message_batches import Service
from tests.support.project import Outcome, Project

KILLS = 2
WORDS = ("--template", "p.j2", "--model", "claude-haiku-5-5", "--max-tokens", "50")


@pytest.fixture
def service() -> Iterator[Service]:
    """The stand-in."""
    with Service() as found:
        yield found


class Desk:
    """A project with items and a template, and the stand-in for its service."""

    def __init__(self, project: Project, service: Service) -> None:
        self.project, self.service = project, service
        project.write({"p.j2": "Review {{ code }}"})
        self.items(12)

    def items(self, count: int) -> None:
        """Write so many items."""
        self.project.write({"i.jsonl": "".join(json.dumps({"code": f"c{n}"}) + "\n" for n in range(count))})

    @property
    def environment(self) -> dict[str, str]:
        """Return where the service is and the key for it."""
        return {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": self.service.url}

    def stream(self, *more: str, items: str = "i.jsonl") -> Outcome:
        """Run the command to its end."""
        return self.project.run("messages", "stream", items, *WORDS, *more, env=self.environment)

    def begin(self, *more: str) -> subprocess.Popen[bytes]:
        """Begin the command, to be killed."""
        argv = [sys.executable, "-m", "batchpack", "messages", "stream", "i.jsonl", *WORDS, *more]
        where = {"cwd": self.project.folder, "env": self.project.environment(self.environment)}
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **where)  # type: ignore[call-overload,no-any-return]

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers of the only job."""
        (path,) = self.project.folder.glob(".batchpack/messages/*/answers.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()]

    def await_paid(self, count: int) -> None:
        """Wait until the service has been paid for so many."""
        end = time.monotonic() + 60
        while self.service.stats()["paid"] < count and time.monotonic() < end:
            time.sleep(0.005)


@pytest.fixture
def desk(project: Project, service: Service) -> Desk:
    """A project at work."""
    return Desk(project, service)


def test_all_items_are_answered_in_their_order(desk: Desk) -> None:
    """Twelve items, twelve answers in the items' order, each paid once; exit 0 with counts that add up and the cost."""
    out = desk.stream("-j", "4").assert_ok().out
    assert list(range(12)) == [answer["index"] for answer in desk.answers()]
    assert "12 items = 12 answered + 0 failed + 0 pending" in out
    assert "Cost: $" in out
    assert (12, 0) == (desk.service.stats()["paid"], desk.service.stats()["paid_twice"])


def test_the_same_again_is_not_paid_again(desk: Desk) -> None:
    """A job that is complete is named with the way to its answers; only --again pays anew."""
    desk.stream().assert_ok()
    desk.stream().assert_failed("has sent all of this", "--again")
    assert 0 == desk.service.stats()["paid_twice"]
    desk.stream("--again").assert_ok()
    assert 12 == desk.service.stats()["paid_twice"]


def test_nothing_is_sent_by_a_dry_run_or_above_the_budget(desk: Desk) -> None:
    """--dry-run and a budget below the estimate send no message and leave no job."""
    assert "12 requests, at most 8 at a time" in desk.stream("--dry-run").assert_ok().out
    desk.stream("--budget", "0.000001").assert_failed("above the budget")
    assert (0, []) == (desk.service.stats()["paid"], list(desk.project.folder.glob(".batchpack/messages/*/job.json")))


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_anywhere_it_goes_on(desk: Desk, seed: int) -> None:
    """Killed after any number of answers, all is answered in the end; what was paid twice was said to be unknown."""
    desk.items(40)
    lot = random.Random(seed)
    process = desk.begin("-j", "4")
    desk.await_paid(lot.randrange(1, 38))
    time.sleep(lot.random() * 0.02)
    process.kill()
    process.communicate()
    said = desk.stream("-j", "4")
    if said.code == 1 and "has sent all of this" in said.err:
        pytest.skip("it was done before the kill")
    said.assert_ok()
    assert 40 == sum(answer["status"] == "answered" for answer in desk.answers())
    twice = desk.service.stats()["paid_twice"]
    (journal,) = desk.project.folder.glob(".batchpack/messages/*/journal.jsonl")
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    sent = sum(event["event"] == "direct_intent" for event in events)
    known = sum(event["event"] == "answered" and event["how"] != "unknown" for event in events)
    assert twice <= sent - known <= 4
    assert ("unknown: " in said.err) == (sent > known)


def test_an_interrupt_waits_for_what_is_being_answered(desk: Desk) -> None:
    """Ctrl-C lets what is in flight end, and says how far it is and how to go on; nothing is unknown or paid twice."""
    desk.items(80)
    process = desk.begin("-j", "2")
    desk.await_paid(5)
    process.send_signal(signal.SIGINT)
    out = process.communicate(timeout=60)[0].decode()
    assert 130 == process.returncode
    assert "of 80 done" in out
    assert "messages stream --resume" in out
    assert "unknown: " not in out
    assert len([one for one in desk.answers() if one["status"] == "answered"]) == desk.service.stats()["paid"]
    desk.stream().assert_ok()
    assert (80, 0) == (desk.service.stats()["paid"], desk.service.stats()["paid_twice"])


def test_credit_that_ends_pauses_the_job(desk: Desk) -> None:
    """The job stops with the reason, what to do and the command that goes on; that command then pays only the rest."""
    desk.service.fault("delay", "messages", seconds=0, times=5)
    desk.service.fault("status", "messages", status=400, message="Your credit balance is too low", times=999)
    said = desk.stream("-j", "1").assert_failed("paused", "credit balance", "add credit", "messages stream --resume")
    assert "5 answered" in said.out
    desk.service.faults.clear()
    desk.stream().assert_ok()
    assert (12, 0) == (desk.service.stats()["paid"], desk.service.stats()["paid_twice"])


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"status": 401}, "401"), ({"status": 404, "message": "model: claude-x"}, "model")],
)
def test_what_would_fail_for_all_is_found_before_anything_is_paid(
    desk: Desk, facts: dict[str, Any], words: str
) -> None:
    """A wrong key and a model that does not exist are told by the first, free look at a request; no job is left."""
    desk.service.fault("status", "count_tokens", times=99, **facts)
    desk.stream().assert_failed(words)
    assert 0 == desk.service.stats()["calls"].get("messages", 0)


def test_changed_items_are_refused(desk: Desk) -> None:
    """A job whose items changed is not gone on with unnoticed; --as-begun sends what was written then."""
    desk.service.fault("delay", "messages", seconds=0, times=3)
    desk.service.fault("status", "messages", status=402, times=999)
    desk.stream("-j", "1", "--name", "one").assert_failed("paused")
    desk.service.faults.clear()
    desk.items(13)
    again = ("messages", "stream", "--resume", "one")
    desk.project.run(*again, env=desk.environment).assert_failed("i.jsonl has changed")
    desk.project.run(*again, "--as-begun", env=desk.environment).assert_ok()
    assert (12, 0) == (desk.service.stats()["paid"], desk.service.stats()["paid_twice"])


def test_lost_answers_are_said(desk: Desk) -> None:
    """Two answers that never arrived are named at the end, in words and in JSON."""
    desk.service.fault("drop_after", "messages", times=2)
    said = desk.stream("-j", "1", "--json")
    assert 2 == said.json()["unknown"]
    assert "unknown: 2 requests were sent" in said.err
    assert 2 == desk.service.stats()["paid_twice"]


def test_answers_that_fail_the_schema_are_paid_and_told(desk: Desk) -> None:
    """With --schema answers are values; one that is no JSON fails its item alone, paid, and is not asked again."""
    schema = {"type": "object", "properties": {"bugs": {"type": "array", "items": {"type": "string"}}}}
    desk.project.write({"answer.json": json.dumps(schema)})
    rows = [{"code": "good"}, {"code": "[[fake:badjson]]"}]
    desk.project.write({"i.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    assert 1 == desk.stream("--schema", "answer.json").code
    good, bad = desk.answers()
    assert ("answered", {"bugs": []}) == (good["status"], good["answer"])
    assert ("failed", "bad_json", True) == (bad["status"], bad["kind"], bad["paid"])


def test_what_was_paid_is_asked_again_only_changed(desk: Desk) -> None:
    """`retry --retry-paid` with more tokens pays for the one cut answer again, and for nothing else."""
    desk.project.write({"i.jsonl": '{"code": "a"}\n{"code": "[[fake:max_tokens:1]]"}\n'})
    assert 1 == desk.stream("--name", "one").code
    retry = ("messages", "retry", "one", "--retry-paid")
    desk.project.run(*retry, env=desk.environment).assert_failed("change it with", code=2)
    again = desk.project.run(*retry, "--append", "Be brief.", env=desk.environment)
    assert "2 items = " in again.out
    assert 3 == desk.service.stats()["paid"]
    assert 0 == desk.service.stats()["paid_twice"]


def test_no_secret_is_written(desk: Desk, project: Project) -> None:
    """The key stands in no file and in no output."""
    key = "key-that-nobody-may-see"
    env = {**desk.environment, "ANTHROPIC_API_KEY": key}
    said = project.run("messages", "stream", "i.jsonl", *WORDS, env=env).assert_ok()
    assert key not in said.out + said.err
    found = [path for path in project.folder.rglob("*") if path.is_file() and key in path.read_text(errors="replace")]
    assert [] == found


def test_two_at_once_do_not_pay_twice(desk: Desk) -> None:
    """A second process finds the job held, or complete; each item is paid once."""
    desk.items(40)
    processes = [desk.begin("-j", "2") for _ in range(3)]
    codes = []
    for process in processes:
        process.communicate(timeout=60)
        codes.append(process.returncode)
    assert 0 in codes
    assert (40, 0) == (desk.service.stats()["paid"], desk.service.stats()["paid_twice"])
    assert 1 == len(list(Path(desk.project.folder).glob(".batchpack/messages/*/job.json")))
