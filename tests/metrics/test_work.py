"""Runs of `batchpack run` as records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BrokenFile
from batchpack.execution.journal import Draft
from batchpack.executor import Usage
from batchpack.metrics import figures, work
from tests.execution.ground import task
from tests.support.records import START, at, began, judged, usage, written

USED = {**usage(model="big")._asdict(), "tokens": 100}


def test_a_journal_becomes_a_record(tmp_path: Path) -> None:
    """Attempts with their times, verdicts and use; ends that add up; what was never begun is pending."""
    events = [
        (1, began("a")), (4, judged("a", verdict="failed", reason="red", feedback="mend it", usage=USED)),
        (5, began("a", 2)), (9, judged("a", 2)),
        (10, began("b", executor="shell")), (12, judged("b", verdict="failed")), (12, Draft("abandoned", "b", 1)),
        (12, Draft("skipped", "c", 0, {"reason": "it depends on b"})),
    ]  # fmt: skip
    run = written(tmp_path, [task("a", layer="one"), task("b"), task("c", "b"), task("d")], events)

    found = work.read(run, {"shell"})

    a, b, c, d = found.tasks
    assert ["done", "failed", "skipped", "pending"] == [one.end for one in (a, b, c, d)]
    assert [(1, 3.0, "failed"), (2, 4.0, "verified")] == [(one.number, one.seconds, one.end) for one in a.attempts]
    assert ("big", "red", "mend it") == (a.attempts[0].model, a.attempts[0].reason, a.attempts[0].detail)
    assert (usage(model="big"), None) == (a.attempts[0].usage, a.attempts[1].usage)
    assert (START + 9, START + 12, None) == (a.settled, b.settled, d.settled)
    spent = figures.spent(found.attempts)
    assert (3, 1, 1, 1) == (spent.attempts, spent.measured, spent.unknown, spent.without_model)
    assert (("one", "proof"), "stopped before its end") == (found.groups, found.standing)


def test_an_attempt_that_was_cut_off_has_no_time(tmp_path: Path) -> None:
    """A killed run leaves attempts without a verdict; nobody knows when they ended."""
    (one,) = work.read(written(tmp_path, [task("a")], [(1, began("a"))]), ()).tasks[0].attempts

    assert ("cut off", None, START + 1) == (one.end, one.seconds, one.last)


def test_a_verdict_that_came_late_is_not_the_attempts_time(tmp_path: Path) -> None:
    """What outlived its run's process worked until its program's end, not until somebody resumed the run."""
    late = [(1, began("a")), (9000, Draft("run_resumed")), (9001, judged("a", seconds=6.5))]
    (one,) = work.read(written(tmp_path, [task("a")], late), ()).attempts

    assert 6.5 == one.seconds


@pytest.mark.parametrize(
    ("note", "took"), [(at(5), 4.0), (at(0), 8.0), (at(99), 8.0), ("x", 8.0), (None, 8.0)], ids=str
)
def test_a_hosts_agent_worked_until_it_handed_in(tmp_path: Path, note: str | None, took: float) -> None:
    """Not until its whole batch was judged; a note that cannot be is passed over."""
    run = written(tmp_path, [task("a")], [(1, began("a", executor="host")), (9, judged("a"))])
    (run.folder / "attempts/a-1").mkdir(parents=True)
    (run.folder / "attempts/a-1/ended.json").write_text(json.dumps({"at": note}))

    assert took == work.read(run, ()).attempts[0].seconds


def test_a_run_that_is_driven_has_attempts_at_work(tmp_path: Path) -> None:
    """They last until now."""
    run = written(tmp_path, [task("a")], [(1, began("a"))])
    with run.locked():
        found = work.read(run, ())

    assert ("running", "running") == (found.standing, found.attempts[0].end)


def test_verified_work_that_waits_for_its_merge_is_not_done(tmp_path: Path) -> None:
    """Where a run merges, only merged work counts as done; refused merges are kept."""
    events = [
        (1, began("a")),
        (2, judged("a")),
        (3, Draft("merge_failed", "a", 1, {"state": "conflict", "reason": "x"})),
    ]
    events += [(4, began("a", 2)), (5, judged("a", 2)), (7, Draft("merged", "a", 2, {"commit": "c0ffee", "tip": "t"}))]
    run = written(tmp_path, [task("a"), task("b")], [*events, (8, began("b")), (9, judged("b"))])
    raw = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**raw, "target": "refs/heads/x"}))

    a, b = work.read(run, ()).tasks

    assert ("done", "pending") == (a.end, b.end)
    assert [("", "x"), ("c0ffee", "")] == [(one.commit, one.reason) for one in a.merges]
    assert START + 7 == a.settled


def test_pauses_are_told(tmp_path: Path) -> None:
    """From the limit until the run went on, or its end."""
    limit = Draft("paused", facts={"reason": "a limit"})
    run = written(tmp_path, [task("a")], [(1, limit), (5, Draft("went_on")), (6, limit), (8, began("a"))])

    assert [(1, 5), (6, 8)] == [(one.begun - START, one.ended - START) for one in work.read(run, ()).pauses]


@pytest.mark.parametrize(
    "raw", ["x", [], {"input": -1}, {"input": "1"}, {"input": True}, {"output": 10**13}, {"cache_read": 1.5}]
)
def test_a_use_that_cannot_be_is_unknown(raw: Any) -> None:
    """Agents can write to the journal; absurd figures are nobody's measurement."""
    assert work._usage(raw) is None


@pytest.mark.parametrize(("raw", "price"), [(0.5, 0.5), (-1, None), ("1", None), (None, None), (1e300, None)])
def test_a_price_that_cannot_be_is_unknown(raw: Any, price: float | None) -> None:
    """The tokens beside it count all the same."""
    found = work._usage({**USED, "dollars": raw})

    assert isinstance(found, Usage)
    assert (100, price) == (found.tokens, found.dollars)


@pytest.mark.parametrize("words", ["at = 'x'", "facts = '['", "facts = '[]'"])
def test_a_broken_journal_is_told(tmp_path: Path, words: str) -> None:
    """Never a traceback."""
    run = written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])
    with closing(sqlite3.connect(run.journal)) as journal:
        journal.execute(f"UPDATE event SET {words}")
        journal.commit()

    with pytest.raises(BrokenFile):
        work.read(run, ())
