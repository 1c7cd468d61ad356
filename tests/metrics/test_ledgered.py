"""Batches that only the ledger knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack import ledger as ledgers
from batchpack.collector import Portion, Session, Source, Used
from batchpack.ledger import Ledger
from batchpack.metrics import ledgered
from batchpack.runs.store import AmbiguousRun
from tests.execution.ground import RUN
from tests.support.records import START

DAY = 86_400.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger that knows a job of messages in two projects, a run over items, a run, and what is of none."""
    job = Session("anthropic", "j.1", project="/p", run="reviews")
    other = Session("anthropic", "j.2", project="/q", run="reviews")
    items = Session("claude_code", "i", project="/p", run="20261121t100000-abcd", task="c1", attempt=1)
    again = Session("claude_code", "k", project="/p", run="20261122t100000-abcd")
    known = Session("claude_code", "r", project="/p", run=RUN, task="a")
    short = Session("claude_code", "s", project="/p", run=RUN[-4:])
    facts = (
        Used(job, "1", START, "claude-sonnet-4-5", input=10, batch=True),
        Used(job, "2", START + 5, "claude-sonnet-4-5", input=20, batch=True),
        Used(other, "3", START + 9, "claude-sonnet-4-5", input=40),
        Used(items, "4", START + DAY, "m", input=1),
        Used(again, "5", START + DAY + 1, "m", input=1),
        Used(known, "6", START + 9 * DAY, "m", input=1),
        Used(short, "7", START + 9 * DAY, "m", input=1),
        Used(Session("x", "y", project="/p"), "8", START + 9 * DAY, "m", input=1),
    )
    with ledgers.open(tmp_path / "metrics.sqlite") as made:
        made.take("test", Source("k", "1"), Portion(facts, {}), None)
        yield made


def test_a_word_leads_to_a_batch(ledger: Ledger) -> None:
    """A whole name, its beginning or its last four digits; of a project only what is in it; several are an error."""
    found = [ledgered.find(ledger, word, None) for word in ("reviews", "rev", "20261121", "nope")]

    assert ["reviews", "reviews", "20261121t100000-abcd", None] == found
    assert "reviews" == ledgered.find(ledger, "reviews", Path("/q"))
    assert None is ledgered.find(ledger, "20261121", Path("/q"))
    with pytest.raises(AmbiguousRun, match="2 runs"):
        ledgered.find(ledger, "abcd", None)


def test_the_newest_is_the_one_that_began_last(ledger: Ledger) -> None:
    """Runs that have records of their own are left out, by their four digits as well; so is what belongs to none."""
    assert ("20261122t100000-abcd", START + DAY + 1) == ledgered.newest(ledger, None, {RUN})
    assert ("reviews", START) == ledgered.newest(ledger, Path("/q"), {RUN})
    assert None is ledgered.newest(ledger, Path("/elsewhere"), {RUN})


def test_what_is_known_of_a_batch(ledger: Ledger) -> None:
    """Its sums, its times, who worked for it and where, and how much went through a batch service."""
    whole = ledgered.read(ledger, "reviews", None)

    assert (("anthropic",), ("/p", "/q"), START, START + 9) == (
        whole.hosts, whole.projects, whole.first_at, whole.last_at,
    )  # fmt: skip
    assert (3, 70, 2) == (whole.sums.requests, whole.sums.input, whole.batched)
    assert (2, 30, ["/p"], START) == tuple(
        ledgered.read(ledger, "reviews", Path("/p")).to_json()[key]
        for key in ("requests", "input", "projects", "first_at")
    )


def test_of_an_unknown_batch_nothing_is_known(ledger: Ledger) -> None:
    """Its sums are nothing and its times are not known."""
    found = ledgered.read(ledger, "nope", None).to_json()

    assert (0, None, None, []) == (found["requests"], found["first_at"], found["dollars"], found["hosts"])
