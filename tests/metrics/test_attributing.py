"""What the agents of a host used, found by what their prompts named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger
from batchpack.collector import Fact, Portion, Session, Source, Used
from batchpack.executor import Usage
from batchpack.ledger import Ledger
from batchpack.metrics import attributing, figures
from batchpack.metrics.values import Record
from batchpack.prices import Usage as Tokens
from batchpack.prices import cost, shipped
from tests.support.records import START, attempt, done, record

HOST, MAIN = "claude_code", "ses-main"
RUN = record().run
MODEL = "claude-sonnet-5-5"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with ledger.open(tmp_path / "metrics.sqlite") as found:
        yield found


def take(store: Ledger, *facts: Fact) -> None:
    """Put facts in."""
    assert store.take("test", Source(f"{facts}"[:5000], "1"), Portion(facts, {}), None)


def agent(task: str, number: int = 0, *, part: str = "", run: str = RUN, **more: Any) -> Session:
    """Return an agent in the main session."""
    given = {"parent": MAIN, "project": "/home/you/project"} | more
    return Session(HOST, MAIN, part or f"agent-{task}-{number}", run=run, task=task, attempt=number, **given)


def used(session: Session, key: str, at: float = 5, model: str = MODEL, **more: Any) -> Used:
    """Return what one request used, so many seconds after the start."""
    given: dict[str, Any] = {"input": 10, "output": 20, "cache_read": 30, "write_5m": 40, "write_1h": 5}
    return Used(session, key, START + at, model, **(given | more))


def host_run(*names: str) -> Record:
    """Return a run whose tasks have two attempts each, by agents of a host: from 1 to 10 s, and from 20 to 30 s."""
    tries = (attempt(1, 10, end="blocked", executor="host"), attempt(20, 30, number=2, executor="host"))
    return record(*(done(name, *tries, settled=30) for name in names))


def usages(found: Record) -> dict[tuple[str, int], Usage | None]:
    """Return each attempt's use."""
    return {(task.name, one.number): one.usage for task in found.tasks for one in task.attempts}


def test_an_attempt_has_what_its_conversations_used(store: Ledger) -> None:
    """Of several conversations the sum, the model that wrote most, and the price of each at its own rate."""
    one, other = agent("a", 1), agent("a", 1, part="agent-other")
    take(store, used(one, "1"), used(one, "2", input=1), used(other, "3", model="claude-haiku-4-5", output=90))
    found = attributing.filled(host_run("a"), store)
    big, small = Tokens(11, 40, 60, 80, 10), Tokens(10, 90, 30, 40, 5)
    paid = [cost(model, one, shipped(), batch=False) for model, one in ((MODEL, big), ("claude-haiku-4-5", small))]
    price = float(sum(one.dollars for one in paid if one))

    assert Usage(21, 130, 90, 135, price, "claude-haiku-4-5") == usages(found)["a", 1]
    assert usages(found)["a", 2] is None
    assert "claude-haiku-4-5" == found.tasks[0].attempts[0].model
    spent = figures.spent(found.attempts)
    assert (1, 1) == (spent.measured, spent.unknown)


def test_a_conversation_that_went_on_is_parted_by_time(store: Ledger) -> None:
    """One that worked for a second attempt too counts for it from its begin on; the sum is that of all, each once."""
    one = agent("a", 1)
    take(store, used(one, "1", at=2), used(one, "2", at=19, input=3), used(one, "3", at=21, input=100, model="m"))
    found = usages(attributing.filled(host_run("a"), store))
    first, second = found["a", 1], found["a", 2]
    assert first
    assert second

    assert (13, 40, MODEL) == (first.input, first.output, first.model)
    assert (100, 20, "m", None) == (second.input, second.output, second.model, second.dollars)


def test_a_conversation_that_outlived_its_attempt_stays_its_own(store: Ledger) -> None:
    """Where the next attempt has a conversation of its own, the late words of the first are the first attempt's."""
    take(store, used(agent("a", 1), "1", at=25, input=3), used(agent("a", 2), "2", at=26, input=5))
    found = usages(attributing.filled(host_run("a"), store))

    assert [3, 5] == [one.input for one in found.values() if one]


def test_without_a_number_the_time_decides(store: Ledger) -> None:
    """A conversation that only knows its task belongs to the last attempt begun before it."""
    take(store, used(agent("a", part="x"), "1", at=21), used(agent("b", part="y"), "2", at=2))
    found = usages(attributing.filled(host_run("a", "b"), store))

    assert [("a", 2), ("b", 1)] == [key for key, usage in found.items() if usage is not None]


def test_a_name_that_reads_as_an_attempt_is_the_tasks(store: Ledger) -> None:
    """Whether `a-2` is a task or the second attempt at `a`, the run knows."""
    take(store, used(agent("a", 2, part="x"), "1", at=2))

    assert ("a", 2) in [key for key, one in usages(attributing.filled(host_run("a"), store)).items() if one]
    assert [("a-2", 1)] == [key for key, one in usages(attributing.filled(host_run("a-2"), store)).items() if one]


def test_four_digits_are_enough_in_the_same_project(store: Ledger) -> None:
    """Where a prompt has only the run's short name, its conversation must be of the project and the time."""
    short = RUN[-4:]
    take(
        store, used(agent("a", 1, run=short, part="own"), "1"),
        used(agent("a", 1, run=short, part="below", project="/home/you/project/.batchpack/w/a"), "2"),
        used(agent("b", 1, run=short, part="else", project="/home/you/project-2"), "3"),
        used(agent("c", 1, run=short, part="before"), "4", at=-9000),
    )  # fmt: skip
    found = usages(attributing.filled(host_run("a", "b", "c"), store))

    assert [("a", 1)] == [key for key, one in found.items() if one]
    assert found["a", 1] is not None
    assert 20 == found["a", 1].input


def test_what_has_no_price_is_unknown(store: Ledger) -> None:
    """A model that is not in the table costs what the host says, and nothing is known where it says nothing."""
    take(
        store, used(agent("a", 1), "1", model="strange", dollars=0.25),
        used(agent("b", 1), "2", model="strange"), used(agent("b", 1, part="more"), "3"),
        used(agent("nobody", 1), "4"), used(agent("a", 7, part="z"), "5"),
    )  # fmt: skip
    found = usages(attributing.filled(host_run("a", "b"), store))

    assert [0.25, None] == [one.dollars for one in found.values() if one is not None]


def test_what_is_known_already_stays(store: Ledger) -> None:
    """Attempts of an executor, and those that were measured, are not touched."""
    take(store, used(agent("a", 1), "1"))
    run = record(done("a", attempt(1, 2, executor="claude"), settled=3))

    assert run is attributing.filled(run, store)


def test_what_an_executor_did_not_live_to_tell_is_found(store: Ledger) -> None:
    """Attempts that go on, were lost or cancelled have what their sessions used; one that was asked stays unknown."""
    take(store, *(used(agent("a", number), str(number), output=number) for number in (1, 2, 3, 4)))
    ends = ["lost", "failed", "cut off", "running"]
    tries = [attempt(at, None, end=end, number=at, executor="claude") for at, end in enumerate(ends, 1)]
    found = attributing.filled(record(done("a", *tries, settled=30)), store)

    assert [1, None, 3, 4] == [one.usage and one.usage.output for one in found.attempts]


def test_the_session_itself_is_counted_apart(store: Ledger) -> None:
    """What it used while the run went on, with agents that name no run; not before, not after, not for other runs."""
    main, explorer = Session(HOST, MAIN), Session(HOST, MAIN, "agent-explorer", parent=MAIN)
    take(
        store, used(main, "1", at=-5), used(main, "2", at=4), used(explorer, "3", at=50, model="small", output=900),
        used(main, "4", at=400), used(agent("a", 1), "5"), used(agent("x", 1, run="20260102T030405-ffff"), "6", at=7),
    )  # fmt: skip
    run = host_run("a")
    found = attributing.itself(run, store)

    assert found is not None
    assert (20, 920, "small", None) == (found.input, found.output, found.model, found.dollars)
    assert attributing.itself(record(done("a", attempt(1, 2, executor="host"), settled=3)), store) == found


def test_a_session_that_nobody_knows_used_an_unknown_amount(store: Ledger) -> None:
    """Where no conversation names the run, nothing is said of it."""
    take(store, used(Session(HOST, MAIN), "1"))

    assert attributing.itself(host_run("a"), store) is None
    assert host_run("a") == attributing.filled(host_run("a"), store)
