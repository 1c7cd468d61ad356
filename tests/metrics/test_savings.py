"""Savings: against a baseline that is said, with their sign, and unknown where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import prices
from batchpack.ledger.values import Row
from batchpack.metrics import handed, savings
from batchpack.metrics.overview import Asked, Overview
from batchpack.metrics.reading import Known
from batchpack.metrics.savings import Figure
from batchpack.metrics.values import Record
from batchpack.runs.store import Run
from tests.support.records import attempt, done, record


def row(dollars: str | None, standard: str | None, requests: int = 100, priced: int = 100) -> Row:
    """Make a sum of the ledger."""
    money = [None if one is None else Decimal(one) for one in (dollars, standard)]
    return Row(("yes",), requests, priced_requests=priced, dollars=money[0], standard=money[1])


def figure(took: float, baseline: float, unit: str = "seconds") -> Figure:
    """Make a figure."""
    return Figure("a", unit, took, baseline, "measured", 3, 0, "attempts", "b", "m")  # type: ignore[arg-type]


def test_time_is_measured_against_the_attempts_one_after_another() -> None:
    """Two at once, then a rest and a third: 25 s of attempts in 20 s at work and 105 s from first to last."""
    one = record(done("a", attempt(0, 10), attempt(5, 15), attempt(100, 105), attempt(104, None), settled=105))

    work, whole, _ = savings.of_runs([one, one])

    assert (40, 50, 10, 0.2) == (work.took, work.baseline, work.saved, work.share)
    assert (210, 50, -160, -3.2) == (whole.took, whole.baseline, whole.saved, whole.share)
    assert {("measured", 6, 2)} == {(each.known, each.n, each.left_out) for each in (work, whole)}
    assert "-2 min 40 s (-320 %)" == savings.cells(whole)[3]


def test_nothing_known_is_unknown() -> None:
    """No attempt that ended, no run of a host, no message with a price: no figure, and no note on how it was made."""
    found = [*savings.of_runs([record(done("a", attempt(0, None), settled=1))]), savings.of_batches([])]

    assert [("unknown", None, None, None, None, 0)] * 4 == [
        (one.known, one.took, one.baseline, one.saved, one.share, one.n) for one in found
    ]
    assert ["unknown", "unknown", "unknown", "unknown", "0 attempts + 1 left out"] == savings.cells(found[0])[1:]
    assert [] == savings.notes(found)


def test_one_is_counted_as_one() -> None:
    """A single attempt is no attempts."""
    assert ["3 attempts", "1 attempt"] == [savings.cells(one)[-1] for one in (figure(1, 2), replace(figure(1, 2), n=1))]


def test_texts_are_estimated_and_those_of_broken_runs_left_out(handed_over: Run, tmp_path: Path) -> None:
    """Bytes by four, marked so; a run that cannot be read is counted and in no sum."""
    known = replace(record(), kind="host", folder=handed_over.folder)
    broken = replace(record(done("a", attempt(0, 1), settled=1)), kind="host", folder=tmp_path / "gone")
    work: Record = record(done("a", attempt(0, 1), settled=1))

    found = savings.of_runs([known, broken, work])[-1]

    counted = handed.read(handed_over.folder)
    assert (savings.tokens(counted.by_files.total), savings.tokens(counted.inline.total)) == (
        found.took,
        found.baseline,
    )
    assert ("estimated", 4, 1, "tokens") == (found.known, found.n, found.left_out, found.unit)
    assert savings.cells(found)[1].startswith("~")


def test_prices_of_messages_leave_out_what_has_none() -> None:
    """Sums are over what has a price; the rest is counted."""
    found = savings.of_batches([row("0.5", "1"), row("0.25", "0.5", 60, 50), row(None, None, 3, 0)])

    assert (0.75, 1.5, 0.5, 150, 13, "measured") == (
        found.took, found.baseline, found.share, found.n, found.left_out, found.known,
    )  # fmt: skip
    assert ["$0.7500", "$1.50", "$0.7500 (50 %)", "measured", "150 messages + 13 left out"] == savings.cells(found)[1:]
    assert f"list prices of {prices.shipped().as_of}" in savings.notes([found])[0]


def test_messages_without_any_price_are_unknown() -> None:
    """Never 0; where the service was not used there is no figure of it."""
    (found,) = savings.of([], [row(None, None, 7, 0)])

    assert ("price of messages", "unknown", None, 7) == (found.name, found.known, found.took, found.left_out)
    assert ["seconds", "seconds", "tokens"] == [one.unit for one in savings.of([record()], [])]


def test_an_overview_has_both() -> None:
    """Runs and the batch service, each only where it was used."""
    nothing = Overview(Asked(), Known((), 0, 0))
    batches = replace(nothing, batches=[row("0.5", "1")])
    both = replace(batches, known=Known((record(),), 0, 0))

    assert [0, 1, 4] == [len(one.savings) for one in (nothing, batches, both)]


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.sampled_from(["seconds", "tokens", "dollars"]))
def test_a_saving_is_what_it_says(took: float, baseline: float, unit: str) -> None:
    """Took + saved = baseline, its sign is shown, and its share is of the baseline."""
    one = figure(took, baseline, unit)

    assert one.saved is not None
    assert baseline == pytest.approx(took + one.saved, abs=1e-3)
    assert (one.saved < 0) == savings.cells(one)[3].removeprefix("~").startswith("-")
    assert (one.share is None) == (baseline == 0)
    assert {"saved": one.saved, "share": one.share, "against": "b"}.items() <= one.to_json().items()
