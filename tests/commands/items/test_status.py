"""`batchpack items status`."""

from __future__ import annotations

import time

from tests.support.item_batches import ItemBatch
from tests.support.project import Project


def test_counts_add_up(batch: ItemBatch) -> None:
    """Items and tasks are told as sums."""
    batch.judge({"item": "i0"}, {"item": "i2", "disposition": "failed"}).assert_ok()
    facts = batch.items("status", "--json").json()

    assert (
        "Batch mails: 6 items = 1 done + 1 failed + 4 pending\n  in 2 chunks; tasks: 1 pending + 1 claimed\n"
        "For the next task, workers run:\n    batchpack items claim --batch mails\n"
        == batch.items("status").assert_ok().out
    )
    assert facts["items"]["items"] == sum(facts["items"].values()) - 6


def test_what_was_set_aside(project: Project) -> None:
    """Broken rows are kept on record."""
    project.run("items", "add", "-", "--keep-going", "--name", "k", stdin='{"id": "a"}\n{\n{"id": "a"}\n').assert_ok()

    assert "2 rows were set aside" in project.run("items", "status").assert_ok().out
    assert [
        "standard input:2:2: the line is not JSON",
        "standard input:3: its id 'a' is that of standard input:1 too",
    ] == project.run("items", "status", "--rejected").assert_ok().out.splitlines()


def test_what_comes_next_where_workers_were_started(batch: ItemBatch) -> None:
    """Once workers have a prompt, a look says whether more of them are needed or the summary is next."""
    batch.items("prompt", "--host", "opencode", "--file", "-", stdin="x").assert_ok()
    waiting = batch.items("status").assert_ok().out
    for task in ("chunk-01", "chunk-02"):
        batch.items("skip", task, "--reason", "not now").assert_ok()

    assert "items prompt --host opencode --batch mails" in waiting
    assert "Nothing is left to work on. Then run:" in batch.items("status").assert_ok().out


def test_waiting_ends_with_the_work_or_the_time(batch: ItemBatch) -> None:
    """With --wait it answers when nothing is left, else after the time."""
    begun = time.monotonic()
    batch.items("status", "--wait", "1").assert_ok()
    assert time.monotonic() - begun >= 1
    for task in ("chunk-01", "chunk-02"):
        batch.items("skip", task, "--reason", "not now").assert_ok()
    batch.items("status", "--wait", "60").assert_ok()

    assert time.monotonic() - begun < 30


def test_what_comes_next_is_told(project: Project) -> None:
    """Before there are tasks it is to cut, at the end to sum up; what was given up is told."""
    project.run("items", "add", "-", "--name", "k", stdin='{"id": "a"}\n{"id": "b"}\n').assert_ok()
    assert "    batchpack items chunk --by month|" in project.run("items", "status").assert_ok().out
    project.run("items", "chunk", "--by", "size", "--max", "1").assert_ok()
    project.run("items", "skip", "chunk-01", "--reason", "a twin").assert_ok()
    project.run("items", "dead", "chunk-02").assert_ok()

    assert "  1 task was given up: batchpack items dead --batch k\n" in project.run("items", "status").assert_ok().out
    project.run("items", "requeue", "chunk-02").assert_ok()
    project.run("items", "skip", "chunk-02", "--reason", "a twin").assert_ok()
    assert "    batchpack items summary --batch k" in project.run("items", "status").assert_ok().out


def test_nobody_waits_for_the_dead(batch: ItemBatch) -> None:
    """What is held by a claim that ran out counts as waiting, so that a new worker is started."""
    batch.items("claim", "--lease", "1").assert_ok()
    time.sleep(1.05)
    tasks = batch.items("status", "--json").json()["tasks"]

    assert (2, 0) == (tasks["pending"], tasks["claimed"])
