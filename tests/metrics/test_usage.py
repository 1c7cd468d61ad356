"""What models used, as rows."""

from __future__ import annotations

from decimal import Decimal

from batchpack.ledger import KEYS, Row
from batchpack.metrics import usage

KNOWN = Row(("claude", "m", "no"), requests=2, input=1000, output=20, cache_read=3, write_5m=4, write_1h=5, sessions=1,
            priced_requests=2, dollars=Decimal("1.5"), standard=Decimal("1.5"))  # fmt: skip
PARTLY = KNOWN._replace(key=("claude", "n", "yes"), requests=3, dollars=Decimal("0.5"))
UNKNOWN = KNOWN._replace(key=("opencode", "", "no"), input=5, priced_requests=0, dollars=None, standard=None)


def test_all_words_are_answered_by_the_ledger() -> None:
    """Whatever is asked for is a key that it has."""
    assert set().union(*usage.BY.values()) <= set(KEYS)


def test_rows_for_people() -> None:
    """What has no price is unknown, what has it in part is marked; service batches say so."""
    heads, *rows = usage.table([KNOWN, PARTLY, UNKNOWN], usage.BY["model"])

    assert ["host", "model", "requests", "input", "output", "cached", "to cache", "cost"] == heads
    assert [
        ["claude", "m", "2", "1,000", "20", "3", "9", "$1.50"],
        ["claude", "n (batch price)", "3", "1,000", "20", "3", "9", "$0.5000+?"],
        ["opencode", "unknown", "2", "5", "20", "3", "9", "unknown"],
    ] == rows


def test_what_hosts_say_stands_beside() -> None:
    """Only where one of them says something; it is never added to our own figures."""
    said = UNKNOWN._replace(said_requests=1, said_dollars=Decimal(2))
    heads, *rows = usage.table([KNOWN, said], usage.BY["model"])

    assert usage.SAID == heads[-1]
    assert [["$1.50", "unknown"], ["unknown", "$2.00+?"]] == [row[-2:] for row in rows]


def test_runs_are_short_for_people_and_whole_for_programs() -> None:
    """A run's four digits stand in tables; what is outside of runs is said."""
    by = usage.BY["run"]
    inside, outside = (KNOWN._replace(key=(run, "claude")) for run in ("20260102T030405-a1b2", ""))

    assert ["a1b2", "(outside of runs)"] == [row[0] for row in usage.table([inside, outside], by)[1:]]
    assert ["20260102T030405-a1b2", None] == [usage.facts(row, by)["run"] for row in (inside, outside)]


def test_figures_for_programs() -> None:
    """Every count under its own name, sums of money as numbers, what is not known as null."""
    known, unknown = (usage.facts(row, usage.BY["model"]) for row in (KNOWN, UNKNOWN))

    assert (1032, 1.5, False) == (known["tokens"], known["dollars"], known["batch"])
    assert (None, None, 0) == (unknown["model"], unknown["dollars"], unknown["priced_requests"])
    assert set(Row._fields) - {"key"} <= set(known)


def test_the_dearest_stands_at_the_top() -> None:
    """Then what used most; days stand in their order."""
    days = [KNOWN._replace(key=(day,)) for day in ("2026-11-02", "2026-11-01")]

    assert [KNOWN, PARTLY, UNKNOWN] == usage.ordered([UNKNOWN, PARTLY, KNOWN], usage.BY["model"])
    assert days[::-1] == usage.ordered(days, usage.BY["day"])
