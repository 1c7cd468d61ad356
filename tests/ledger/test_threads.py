"""Sessions and their parts as they become known."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from batchpack import ledger
from batchpack.collector import Session
from batchpack.ledger import Ledger
from batchpack.ledger.threads import merged
from tests.support.ledgers import put, used


def test_what_is_known_grows(book: Ledger) -> None:
    """What was empty is filled by what is told later, and what is told empty later takes nothing away."""
    put(book, used(input=1, session=Session("toy", "s", "p")))
    put(book, Session("toy", "s", "p", agent="a"), Session("toy", "s", "p", "x", "c", project="/w"))
    put(book, Session("toy", "s", "p"))

    assert [Session("toy", "s", "p", "x", "c", "a", "/w")] == [row.session for row in book.sessions()]


def test_disagreement_has_one_outcome_in_every_order() -> None:
    """Of two words the lesser stays, and run, task and attempt are of one telling: the one that says most."""
    told = [
        Session("toy", "s", agent="b", run="a"),
        Session("toy", "s", agent="a", run="r2", task="t", attempt=1),
        Session("toy", "s", run="r1", task="t", attempt=2),
    ]
    outcomes = {merged(merged(one, other), third) for one, other, third in permutations(told)}

    assert {Session("toy", "s", agent="a", run="r1", task="t", attempt=2)} == outcomes


def test_a_session_that_is_told_again_changes_nothing(tmp_path: Path) -> None:
    """The same words twice make no second thread."""
    with ledger.open(tmp_path / "m.sqlite") as book:
        put(book, Session("toy", "s"), used(input=1, session=Session("toy", "s")), Session("toy", "s"))
        put(book, Session("toy", "s"))

        assert [1] == [row.sums.sessions for row in book.sessions()]
