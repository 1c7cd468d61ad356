"""The job log: GNU parallel's columns, a row an attempt."""

from __future__ import annotations

import csv

import pytest

from batchpack.runs import batches
from batchpack.runs.joblog import COLUMNS, rows
from batchpack.runs.store import Run
from tests.runs.build import begun, put, roots
from tests.support.project import Project


def _rows(run: Run) -> list[dict[str, str]]:
    """Return the log's rows by column."""
    with (run.folder / "joblog.tsv").open() as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_every_attempt_that_ended_has_a_row(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Done is 0, said to be undone is 1, nothing handed in is -1; rows stand in the order of their ends."""
    run = begun(project, monkeypatch, edits=False)
    put(run, "two", status="BLOCKED", report="12345")
    put(run, "one")
    batches.finish(run, 1, 1, roots(), final=False)
    batches.finish(run, 1, 1, roots(), final=True)
    found = _rows(run)
    assert list(COLUMNS) == list(found[0])
    assert [("2", "1"), ("1", "0"), ("2", "-1")] == [(row["Seq"], row["Exitval"]) for row in found]
    assert ["two attempt 1", "one attempt 1", "two attempt 2"] == [row["Command"] for row in found]
    assert "5" == found[0]["Receive"]


def test_times_are_seconds_with_milliseconds() -> None:
    """The start counts from 1970, the runtime from the start; an answer given again counts from its last."""
    events = [
        {"event": "task_started", "task": "a", "attempt": 1, "at": "1970-01-01T00:00:10.250Z"},
        {
            "event": "result",
            "task": "a",
            "attempt": 1,
            "at": "1970-01-01T00:00:11.000Z",
            "status": "BLOCKED",
            "bytes": 1,
        },
        {"event": "result", "task": "a", "attempt": 1, "at": "1970-01-01T00:00:12.750Z", "status": "DONE", "bytes": 2},
    ]
    assert [("1", ":", "10.250", "2.500", "0", "2", "0", "0", "a attempt 1")] == rows(["a"], events)
