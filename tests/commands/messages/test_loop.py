"""`batchpack messages loop` as a process: order, answers in later prompts, stops that cost nothing, going on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.message_batches import Service
from tests.support.project import Outcome, Project

TEMPLATE = "{{ step }}{% if previous %} after [{{ previous }}]{% endif %} of {{ answers | length }}"


@pytest.fixture
def service() -> Iterator[Service]:
    """The stand-in, with short answers."""
    with Service(answer_length=3) as found:
        yield found


class Chain:
    """A project with steps that build on each other."""

    def __init__(self, project: Project, service: Service) -> None:
        self.project, self.service = project, service
        project.write({"p.j2": TEMPLATE})
        self.steps("one", "two", "three")

    def steps(self, *steps: str) -> None:
        """Write the items."""
        self.project.write({"i.jsonl": "".join(json.dumps({"step": step, "id": step[:9]}) + "\n" for step in steps)})

    def loop(self, *more: str) -> Outcome:
        """Run the command."""
        words = ("i.jsonl", "--template", "p.j2", "--model", "claude-haiku-5-5", "--max-tokens", "50", "--key", "id")
        env = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": self.service.url}
        return self.project.run("messages", "loop", *words, *more, env=env)

    def prompts(self) -> list[str]:
        """Return the prompts in the order in which they were sent."""
        (body,) = self.project.folder.glob(".batchpack/messages/*/spool/1-1.json")
        lines = [line.rstrip(",") for line in body.read_text().splitlines()[1:]]
        return [json.loads(line)["params"]["messages"][0]["content"] for line in lines]

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers."""
        (path,) = self.project.folder.glob(".batchpack/messages/*/answers.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def chain(project: Project, service: Service) -> Chain:
    """A project with three steps."""
    return Chain(project, service)


def test_each_item_reads_the_answers_before_it(chain: Chain) -> None:
    """The first prompt has no answer, each later one has the answer before and knows how many there are."""
    chain.loop().assert_ok()
    assert ["one of 0", "two after [ok yyy] of 1", "three after [ok yyy] of 2"] == chain.prompts()
    assert ["one", "two", "three"] == [answer["key"] for answer in chain.answers()]


def test_values_of_a_schema_are_values_in_the_template(chain: Chain) -> None:
    """With --schema the answer before is a value with fields, and those before it are found by their keys."""
    shape = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    prompt = "{{ step }}{% if previous %} {{ previous.n + 1 }} {{ answers['one'].n }}{% endif %}"
    chain.project.write({"s.json": json.dumps(shape), "p.j2": prompt})
    chain.loop("--schema", "s.json").assert_ok()
    assert ["one", "two 2 1", "three 2 1"] == chain.prompts()


def test_it_stops_at_the_first_failure_and_goes_on_when_told(chain: Chain) -> None:
    """What comes after an item without an answer is not sent, until --keep-going; nothing is paid twice."""
    chain.steps("one", "[[fake:refusal]] two", "three")
    chain.loop().assert_failed("stopped at item 1", "refusal", "--keep-going")
    assert ["answered", "failed", "failed"] == [answer["status"] for answer in chain.answers()]
    assert 2 == chain.service.stats()["paid"]
    assert 1 == chain.loop("--keep-going").code
    assert ["answered", "failed", "answered"] == [answer["status"] for answer in chain.answers()]
    assert "three of 1" == chain.prompts()[-1]
    assert (3, 0) == (chain.service.stats()["paid"], chain.service.stats()["paid_twice"])


def test_a_pause_goes_on_where_it_was(chain: Chain) -> None:
    """After credit ended at the second item, the first answer is used and not paid again."""
    chain.service.fault("delay", "messages", seconds=0)
    chain.service.fault("status", "messages", status=402)
    chain.loop().assert_failed("paused", "messages loop --resume")
    chain.loop().assert_ok()
    assert "three after [ok yyy] of 2" == chain.prompts()[-1]
    assert (3, 0) == (chain.service.stats()["paid"], chain.service.stats()["paid_twice"])


def test_a_missing_field_costs_nothing(chain: Chain) -> None:
    """A field that the third item lacks is told before the first is sent."""
    chain.project.write({"i.jsonl": '{"id":"a","step":1}\n{"id":"b","step":2}\n{"id":"c"}\n'})
    chain.loop().assert_failed("item 2", "'step' is undefined")
    assert 0 == chain.service.stats()["paid"]
