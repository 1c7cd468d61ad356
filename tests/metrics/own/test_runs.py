"""What runs of work know of their attempts, as facts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from batchpack import ledger, manager, projects
from batchpack.errors import BatchpackError
from batchpack.execution.facts import BY_HOST
from batchpack.execution.journal import Draft
from batchpack.metrics.collecting import collect
from batchpack.metrics.own import runs
from batchpack.metrics.own.runs import Runs
from batchpack.metrics.own.shelf import Shelf
from tests.execution.ground import RUN, task, write
from tests.support.collected import Shelf as Read
from tests.support.records import START, at, began, judged, usage, written

USED = {**usage(model="big")._asdict(), "tokens": 100}


def reader(project: Path) -> Runs:
    """Return the collector for one project."""
    return Runs(Shelf(manager.load().executors, project))


def test_attempts_tie_their_sessions_to_their_tasks(tmp_path: Path) -> None:
    """Each attempt has its use under a key of its own, in its host's session; one without a session stands alone."""
    events = [
        (1, began("a")), (4, judged("a", verdict="failed", usage=USED, session="ses-1")),
        (5, began("a", 2)), (9, judged("a", 2, usage=USED | {"dollars": None, "model": ""}, session="ses-1")),
        (10, began("b", executor="opencode")), (12, judged("b", usage=USED)),
        (13, began("c")), (14, judged("c", session="ses-3")), (15, began("d", executor="shell")), (16, judged("d")),
    ]  # fmt: skip
    written(tmp_path, [task("a", agent="coder"), task("b"), task("c"), task("d")], events)

    found = Read().collect(reader(tmp_path))

    keys = [f"attempt:{RUN}:{name}" for name in ("a:1", "a:2", "b:1")]
    assert [("claude_code", keys[0]), ("claude_code", keys[1]), ("opencode", keys[2])] == list(found.used)
    first, second, _ = found.used.values()
    assert (10, 20, 30, 40, 0, 0.5, "big", START + 4) == (*first[4:9], first.dollars, first.model, first.at)
    assert (None, "") == (second.dollars, second.model)
    assert [("ses-1", "a", 1, "coder"), ("ses-1", "a", 2, "coder"), (keys[2], "b", 1, ""), ("ses-3", "c", 1, "")] == [
        (one.id, one.task, one.attempt, one.agent) for one in found.sessions
    ]
    assert {(RUN, str(tmp_path))} == {(one.run, one.project) for one in found.sessions}


def test_a_journal_is_read_on_from_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes later is read then, in bounded portions; what did not change has the same stamp."""
    monkeypatch.setattr(runs, "EVENTS", 2)
    names = [f"t{number}" for number in range(5)]
    run = written(tmp_path, [task(name) for name in [*names, "z"]], [(1, began("t0"))])
    write(run, *(Draft("judged", name, 1, {"verdict": "verified", "usage": USED}, at(5)) for name in names))
    one, found = reader(tmp_path), Read()
    before = list(one.sources())
    found.collect(one)

    assert (3, 5) == (found.portions, len(found.used))
    assert before == list(one.sources())
    write(run, Draft("judged", "z", 1, {"verdict": "failed", "usage": USED}, at(6)))
    assert before != list(one.sources())
    assert (4, 6) == (found.collect(one).portions, len(found.used))


def test_a_sum_has_no_price_where_sizes_of_prompts_decide(tmp_path: Path) -> None:
    """Of an attempt's requests nobody knows how large each prompt was: only sums below the first step are priced."""
    used = [USED | {"model": "claude-haiku-5-5", "input": size} for size in (50_000, 500_000)]
    used.append(USED | {"model": "claude-sonnet-5-5", "input": 500_000})
    names = ["a", "b", "c"]
    events = [(1, began(name)) for name in names]
    events += [(2, judged(name, usage=one)) for name, one in zip(names, used, strict=True)]
    written(tmp_path, [task(name) for name in names], events)
    with ledger.open(tmp_path / "metrics.sqlite") as store:
        collect([reader(tmp_path)], store)
        found = store.totals(("task",))

    assert [1, 0, 1] == [row.priced_requests for row in found]
    assert [Decimal("0.5")] * 3 == [row.said_dollars for row in found]


def test_what_hosts_carry_out_and_what_is_no_run_says_nothing(tmp_path: Path) -> None:
    """The agents of a host tell by their own records; other folders are passed over."""
    written(tmp_path, [task("a")], [(1, began("a")), (4, judged("a", usage=USED))], executor=BY_HOST)
    (tmp_path / ".batchpack" / "runs" / "20260102T030405-ffff").mkdir()

    found = Read().collect(reader(tmp_path))

    assert ({}, []) == (found.used, found.sessions)


def test_events_that_make_no_sense_are_told(tmp_path: Path) -> None:
    """A usage that is none, a time that is none: told with their number, and the next is read."""
    events = [
        (1, began("a")), (2, judged("a", usage={"input": 1})), (3, judged("b", usage="much")),
        (4, judged("c", usage=USED)),
    ]  # fmt: skip
    run = written(tmp_path, [task("a"), task("b"), task("c")], events)
    with closing(sqlite3.connect(run.journal)) as journal:
        journal.execute("INSERT INTO event (at, name, task, attempt, facts) VALUES ('never', 'judged', 'd', 1, ?)",
                        ('{"usage": {"input": 1, "output": 1, "cache_read": 1, "cache_write": 1}}',))  # fmt: skip
        journal.execute("INSERT INTO event (at, name, task, facts) VALUES ('never', 'judged', 'd', '[')")
        journal.commit()

    found = Read().collect(reader(tmp_path))

    assert ["event 3", "event 4", "event 6"] == [one.where for one in found.complaints]
    assert 1 == len(found.used)


def test_a_journal_that_is_no_database_is_an_error_of_its_source(tmp_path: Path) -> None:
    """What cannot be read as a whole is raised for the one who collects to tell, and is not changed."""
    run = written(tmp_path, [task("a")], [])
    run.journal.write_text("nothing of the kind\n" * 200)
    one = reader(tmp_path)
    (source,) = one.sources()

    with pytest.raises(BatchpackError):
        list(one.read(source, None))
    assert run.journal.read_text().startswith("nothing")


def test_reading_leaves_the_run_as_it_was(tmp_path: Path) -> None:
    """No file comes, goes or changes, so that the next look finds the same stamp."""
    run = written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a", usage=USED))])
    projects.remember(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in run.folder.rglob("*")}
    Read().collect(reader(tmp_path))

    assert before == {path: path.stat().st_mtime_ns for path in run.folder.rglob("*")}
