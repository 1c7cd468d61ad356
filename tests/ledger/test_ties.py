"""For which task a session and its parts work."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from batchpack import ledger
from batchpack.collector import Fact, Session
from batchpack.ledger import Ledger, Where
from tests.support.ledgers import counts, put, used

MAIN = Session("toy", "s")
CHILD = Session("toy", "s", "c", parent="s")
GRANDCHILD = Session("toy", "s", "g", parent="c")
OTHER = Session("toy", "o", parent="s")
TIE = Session("toy", "s", run="r", task="t", attempt=2)


def test_a_tie_reaches_all_that_was_started() -> None:
    """Parts, parts of parts and sessions that a session started work for its task, in whatever order they are told."""
    told: list[Fact] = [TIE, *(used(f"k{at}", one, input=1) for at, one in enumerate((MAIN, CHILD, GRANDCHILD, OTHER)))]
    for order in permutations(told):
        with ledger.open(Path("/nowhere/m.sqlite"), readonly=True) as book:
            for fact in order:
                put(book, fact)

            assert {("r", "t", "2"): (4, 4, 0)} == counts(book.totals(["run", "task", "attempt"])), order


def test_the_nearest_tie_holds(book: Ledger) -> None:
    """A part that names a task of its own works for that one, and so does what it started."""
    put(book, used(session=GRANDCHILD, input=1), TIE, CHILD._replace(run="r", task="u", attempt=1))
    put(book, used("m", MAIN, input=4))

    assert {("t",): (1, 4, 0), ("u",): (1, 1, 0)} == counts(book.totals(["task"]))
    assert [1] == [row.requests for row in book.totals((), Where(run="r", task="u"))]


def test_a_session_of_another_host_starts_nothing_here(book: Ledger) -> None:
    """Parents are looked for within the host."""
    put(book, TIE, used(session=OTHER._replace(host="else"), input=1))

    assert {("",): (1, 1, 0)} == counts(book.totals(["run"]))


def test_records_that_name_each_other_as_parents_end(book: Ledger) -> None:
    """A circle of parents, or a session that is its own, is looked through once."""
    put(book, Session("toy", "a", parent="b"), Session("toy", "b", parent="a"), Session("toy", "c", parent="c"))
    put(book, used(session=Session("toy", "s", "x", parent="y"), input=1), Session("toy", "s", "y", parent="x"))
    put(book, Session("toy", "a", run="r", task="t", attempt=1), used("k2", Session("toy", "b"), input=5))

    assert {("",): (1, 1, 0), ("t",): (1, 5, 0)} == counts(book.totals(["task"]))
