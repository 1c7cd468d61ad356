"""Sums by what they are asked by, and what they cost."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from batchpack.collector import Session
from batchpack.errors import UsageError
from batchpack.ledger import Ledger, Where
from tests.support.ledgers import HAIKU, ONE, OPUS, T, counts, put, used
from tests.support.project import ROOT


def test_an_empty_ledger_has_no_rows(book: Ledger) -> None:
    """Where nothing fits there is no row, not one of zeros."""
    assert [[], [], []] == [book.totals(), book.totals(["host"]), book.totals((), Where(since=T))]


def test_each_request_is_priced_in_its_own_tier(book: Ledger) -> None:
    """Prompts below and above a tier's edge have their own prices, however many are summed."""
    put(book, used("a", model=HAIKU, input=100_000), used("b", model=HAIKU, input=100_001, output=10))
    put(book, used("c", model=HAIKU, input=60_000), used("d", model=HAIKU, input=60_000))

    (row,) = book.totals()
    assert 220_000 * Decimal("0.10") + 100_001 * Decimal("0.50") + 10 * Decimal("2.50") == (
        (row.dollars or 0) * 1_000_000
    )


def test_a_request_that_grows_over_an_edge_changes_its_tier(book: Ledger) -> None:
    """The price is that of the whole request, not of its first and its later part."""
    put(book, used(model=HAIKU, input=60_000))
    put(book, used(model=HAIKU, input=60_000, cache_read=60_000))

    assert [(60_000 * Decimal("0.50") + 60_000 * Decimal("0.05")) / 1_000_000] == [
        row.dollars for row in book.totals(["model"])
    ]


def test_what_has_no_price_is_counted_and_not_priced(book: Ledger) -> None:
    """A model that is not in the list makes a sum incomplete, and the row says by how many requests."""
    put(book, used("a", model="gpt-9", input=7), used("b", input=1_000_000), used("c", model="", input=1))

    assert [(3, 1, Decimal(5))] == [(row.requests, row.priced_requests, row.dollars) for row in book.totals()]
    assert [None] == [row.dollars for row in book.totals(["model"]) if row.key == ("gpt-9",)]


def test_the_sum_of_several_requests_has_no_tier(book: Ledger) -> None:
    """What only tells a sum is priced where its model has one price, or where no request can lie above the edge."""
    put(book, used("a", model=HAIKU, input=100_001, requests=2), used("b", input=1_000_000, requests=3))
    put(book, used("c", model=HAIKU, input=100_000, requests=2))

    rows = {row.key: (row.requests, row.priced_requests, row.dollars) for row in book.totals(["model"])}
    assert {(HAIKU,): (4, 2, Decimal("0.01")), (OPUS,): (3, 3, Decimal(5))} == rows


def test_a_batch_is_cheaper_and_its_standard_price_is_told(book: Ledger) -> None:
    """Requests of a batch service cost half; both sums are there."""
    put(book, used("a", input=1_000_000, batch=True), used("b", input=1_000_000))

    assert {("yes",): (Decimal("2.5"), Decimal(5)), ("no",): (Decimal(5), Decimal(5))} == {
        row.key: (row.dollars, row.standard) for row in book.totals(["batch"])
    }


def test_what_hosts_say_is_kept_apart(book: Ledger) -> None:
    """A host's own figure changes no price, and adds up exactly."""
    put(book, *(used(f"k{at}", dollars=0.1) for at in range(3)), used("n", input=1_000_000))

    assert [(3, Decimal("0.3"), Decimal(5))] == [
        (row.said_requests, row.said_dollars, row.dollars) for row in book.totals()
    ]


def test_days_are_those_of_the_zone(book: Ledger) -> None:
    """One moment lies on two days, also where a zone is off by three quarters of an hour."""
    put(book, used("a", at=datetime(2024, 3, 1, 18, 14, tzinfo=UTC).timestamp(), input=1))
    put(book, used("b", at=datetime(2024, 3, 1, 18, 15, tzinfo=UTC).timestamp(), input=2))

    assert {("2024-03-01",): (2, 3, 0)} == counts(book.totals(["day"]))
    assert {("2024-03-01",): (1, 1, 0), ("2024-03-02",): (1, 2, 0)} == counts(
        book.totals(["day"], zone=ZoneInfo("Asia/Kathmandu"))
    )


def test_sessions_are_counted_once(book: Ledger) -> None:
    """Parts of a session are no sessions of their own, and a session in two groups counts in each."""
    put(book, used("a", input=1), used("b", ONE._replace(part="p"), input=1), used("c", model=HAIKU, input=1))

    assert [1] == [row.sessions for row in book.totals()]
    assert [1, 1] == [row.sessions for row in book.totals(["model"])]


def test_what_tells_of_a_whole_session_counts_until_there_is_better(book: Ledger) -> None:
    """An attempt's own figure is left out once a request of its session is there, in either order, in any part."""
    told = used("attempt:r:t:1", Session("toy", "a", run="r", task="t", attempt=1), input=100)
    put(book, told, used("attempt:r:u:1", Session("toy", "b"), input=50))
    assert {(): (2, 150, 0)} == counts(book.totals())
    put(book, used("m1", Session("toy", "a", "part"), input=90))
    assert {(): (2, 140, 0)} == counts(book.totals())
    put(book, used("m2", Session("toy", "b"), input=40), told)

    assert {("a",): (1, 90, 0), ("b",): (1, 40, 0)} == counts(book.totals(["session"]))
    assert {("t",): (1, 90, 0), ("",): (1, 40, 0)} == counts(book.totals(["task"]))


def test_attempts_without_a_session_count(book: Ledger) -> None:
    """Where no session is known there is nothing that could tell it better."""
    nobody = Session("toy", "")
    put(book, used("attempt:r:t:1", nobody, input=1), used("attempt:r:t:2", nobody, input=2), used("x", nobody))

    assert {(): (3, 3, 0)} == counts(book.totals())


WRITER = """
import sys
from pathlib import Path
from batchpack import ledger
from batchpack.collector import Session
from tests.support.ledgers import put, used
with ledger.open(Path(sys.argv[1])) as book:
    for number in range(10_000):
        put(book, used(f"k{number}", Session("toy", f"s{number}"), input=1))
        print(number, flush=True)
"""


def test_sums_are_of_one_moment(book: Ledger) -> None:
    """While somebody writes, each answer is whole: as many sessions as rows, and what comes meanwhile the next time."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(book.path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        seen = [book.totals(["session"]) for _ in range(80) if writer.stdout.readline()]
    finally:
        writer.kill()
        writer.communicate()

    assert [] == [row for rows in seen for row in rows if (row.requests, row.sessions) != (1, 1)]
    assert len(seen[0]) < len(seen[-1])


def test_a_project_takes_in_what_is_below_it(book: Ledger) -> None:
    """A folder of the same beginning is another project."""
    for at, project in enumerate(("/w/shop", "/w/shop/.batchpack/x", "/w/shopping", "")):
        put(book, used(f"k{at}", Session("toy", f"s{at}", project=project), input=1))

    assert [2] == [row.requests for row in book.totals((), Where(project="/w/shop"))]
    assert [2] == [row.requests for row in book.totals((), Where(project="/w/shop/"))]
    assert [3] == [row.requests for row in book.totals((), Where(project="/"))]


def test_an_unknown_key_is_told(book: Ledger) -> None:
    """What cannot be asked by is the caller's mistake, and what can is named."""
    with pytest.raises(UsageError, match="there are no sums by 'colour'"):
        book.totals(["colour"])  # type: ignore[list-item]
