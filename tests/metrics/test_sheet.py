"""What people are shown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from batchpack.collector import Complaint
from batchpack.executor import Usage
from batchpack.ledger import Row, Told
from batchpack.metrics import columns, sheet
from batchpack.metrics.overview import Asked, Overview
from batchpack.metrics.reading import Known
from batchpack.metrics.values import Record
from tests.support.records import attempt, done, record, usage

ROW = Row(("claude", "m", "no"), requests=2, input=1000, priced_requests=1, dollars=Decimal("1.5"))
AGENT = ROW._replace(key=("claude", "writer"))


def run(number: int = 0) -> Record:
    """Return a run of two layers whose name would take a terminal over."""
    made = record(
        done("a", attempt(0, 10, usage=usage()), settled=10), done("b", attempt(10, 30), settled=30, group="two")
    )
    return replace(made, run=f"20260102T0304{number:02d}-a1{number:02d}", name="bad\x1b[31m\nname")


def found(*records: Record, broken: int = 0, gone: int = 0, asked: Asked | None = None) -> Overview:
    """Return what there is."""
    rows = {"model": [ROW], "agent": [AGENT]}
    told = Told("c", "s", Complaint("r"), 0.0)
    return Overview(asked or Asked(), Known(records, broken, gone), rows, [told])


def test_everything_has_its_part() -> None:
    """Runs and their sums, models, agents, savings, what signs mean, and what could not be read."""
    lines = sheet.lines(found(run(), broken=2, gone=1), None)
    text = "\n".join(lines)

    assert "Runs, the newest last:" == lines[0]
    assert "runs: 1, tasks: 2 = 2 done + 0 failed + 0 skipped + 0 pending; success: 100% of those at an end" in lines
    for part in ("Models used, in all", "Agents, in all", "Saved by batching:", "+?: and more", "at list prices of"):
        assert part in text
    assert "left out: 2 runs could not be read; 1 run in the index is gone" in lines
    named = replace(found(run()), known=Known((), 1, 0, "20260102T030406-b1b2"))
    assert "left out: 1 run could not be read (see why: batch-metrics --run 20260102T030406-b1b2)" in sheet.lines(
        named, None
    )
    assert "1 complaint about records: batch-metrics collect --told" in lines
    assert "\x1b" not in text


def test_no_line_is_wider_than_the_window() -> None:
    """At 80 columns and at 60, whatever stands in the tables."""
    for wide in (80, 60, 40):
        lines = [*sheet.lines(found(run()), wide), *sheet.run(found(run()), wide), *sheet.lines(found(), wide)]
        assert [] == [line for line in lines if columns.wide(line) > wide]


def test_the_newest_runs_are_shown_and_all_on_demand() -> None:
    """Twenty of them, the newest last; the sums are of all."""
    every = [run(number) for number in range(23)]
    few, all_ = (sheet.lines(found(*every), None, shown) for shown in (sheet.SHOWN, None))

    assert [f"a1{number:02d}" for number in range(3, 23)] == [line[:4] for line in few[2:22]]
    assert "3 older runs are not shown; --all shows them" in few
    assert 23 == sum(line.startswith("a1") for line in all_)
    assert any(line.startswith("runs: 23, tasks: 46 ") for line in few)


def test_without_runs_the_reader_learns_how_to_make_some() -> None:
    """And still sees what models used; the span that was asked for is said."""
    lines = sheet.lines(found(asked=Asked(project=Path("/p"), since=1_800_000_000.0)), None)

    assert lines[0].startswith("No runs are recorded for /p since 2027-01-15 ")
    assert "batchpack demo" in lines[1]
    assert any(line.startswith("Models used") for line in lines)
    assert not any("Saved" in line for line in lines)


def test_one_run_is_shown_task_by_task() -> None:
    """With its batches, agents, the session beside them, and the path that its length came from."""
    one = replace(found(run()), itself=Usage(input=7, output=8, model="m", dollars=0.25))
    lines = sheet.run(one, None)

    assert ["Run 20260102T030400-a100: bad name", "  by nobody, begun"] == [lines[0], lines[1][:18]]
    assert "tasks: 2 = 2 done + 0 failed + 0 skipped + 0 pending; success: 100% of those at an end" == lines[2]
    heads = ("Tasks:", "Batches:", "Agents:", "Saved by batching:")
    assert list(heads) == [line for line in lines if line in heads]
    assert any(line.startswith("critical path: 30.0 s (10.0 s waited, 20.0 s worked): b") for line in lines)
    itself = next(line for line in lines if "the session itself" in line)
    assert ["m", "-", "-", "-", "7", "8", "0", "0", "$0.2500"] == itself.split()[-9:]


def test_one_table_by_a_word() -> None:
    """Rows of the ledger, or batches of runs; where there is none it is said."""
    lines = sheet.by([AGENT] * 3, "agent", None, 2)

    assert ["host    agent", "claude  writer", "claude  writer"] == [line[:14].rstrip() for line in lines[:3]]
    assert "1 row is not shown; --all shows them" == lines[3]
    assert ["Nothing is recorded."] == sheet.by([], "agent", None, None) == sheet.batches([], None, None)
    assert ["one", "two"] == [line.split()[1] for line in sheet.batches([run()], None, None)[1:3]]
