"""The ledger as lines for other programs."""

from __future__ import annotations

import csv
import io
import json

import pytest

from batchpack.collector import Session
from batchpack.errors import UnknownName
from batchpack.ledger import Ledger, Where
from batchpack.ledger.exporting import NAMES
from tests.support.ledgers import HAIKU, T, put, used

SESSION = Session("toy", "s", "p", agent='a, "b"', project="/w", run="r", task="t", attempt=2)


def filled(book: Ledger) -> None:
    """Put two requests in, one of them told in two pieces, and the sum of a session that is told better."""
    put(book, used("late", at=T + 1.5, model="gpt-9", input=3, dollars=0.5, geography="eu"))
    put(book, used("early", SESSION, at=T + 1, model=HAIKU, input=60_000), used("attempt:r:t:2", SESSION, input=9))
    put(book, used("early", SESSION, at=T, model=HAIKU, input=110_000, batch=True))


def test_each_request_is_a_line_of_json(book: Ledger) -> None:
    """A line has all that is known of one request, whole, earliest first, with its exact price."""
    filled(book)
    stream = io.StringIO()

    assert 2 == book.export(stream)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert {
        "schema": 1, "at": "2023-11-14T22:15:00Z", "host": "toy", "session": "s", "part": "p", "agent": 'a, "b"',
        "project": "/w", "run": "r", "task": "t", "attempt": 2, "model": HAIKU, "batch": True, "geography": "",
        "requests": 1, "input": 110_000, "output": 0, "cache_read": 0, "write_5m": 0, "write_1h": 0,
        "web_searches": 0, "dollars": "0.0275", "said_dollars": None,
    } == first  # fmt: skip
    assert ("2023-11-14T22:15:01.500000Z", None, "0.5") == (second["at"], second["dollars"], second["said_dollars"])


def test_a_table_has_the_same(book: Ledger) -> None:
    """The table's head names the fields of a line, and what is not known is empty."""
    filled(book)
    lines, table = io.StringIO(), io.StringIO()
    book.export(lines)
    book.export(table, "csv")

    rows = list(csv.DictReader(io.StringIO(table.getvalue())))
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [{name: "" if one[name] is None else str(one[name]) for name in NAMES} for one in told] == rows


def test_a_part_can_be_written(book: Ledger) -> None:
    """What is chosen is written, and times have to be known for a span."""
    filled(book)
    put(book, used("never", at=0))

    assert [1, 1, 3] == [book.export(io.StringIO(), "jsonl", where) for where in (
        Where(until=T + 1), Where(run="r"), Where(),
    )]  # fmt: skip


def test_an_unknown_form_is_told(book: Ledger) -> None:
    """Nothing is written in a form that is not there."""
    with pytest.raises(UnknownName, match="there is no format named 'xml'"):
        book.export(io.StringIO(), "xml")


def test_cells_are_no_formulas(book: Ledger) -> None:
    """A name that a spreadsheet would run as a formula is written so that it is a text."""
    put(book, used(session=Session("toy", "=1+1", agent="@x", project="-2")))
    table = io.StringIO()
    book.export(table, "csv")

    (row,) = csv.DictReader(io.StringIO(table.getvalue()))
    assert ("'=1+1", "'@x", "'-2") == (row["session"], row["agent"], row["project"])
