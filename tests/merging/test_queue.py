"""The queue on disk: what was said once stands, and only allowed moves are made."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UnknownName
from batchpack.merging.queue import Queue, Settled
from batchpack.merging.values import Entry

BASE = "0" * 40


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    """Make an empty queue."""
    made = Queue(tmp_path / "run" / "journal.sqlite")
    yield made
    made.close()


def entry(task: str, digit: str = "1", priority: int = 0) -> Entry:
    """Make an entry."""
    return Entry(task, f"Title of {task}", f"batchpack/run/{task}", digit * 40, BASE, priority)


def test_entries_come_by_priority_then_by_arrival(queue: Queue) -> None:
    """The highest priority is merged first, and of equals who came first."""
    for task, priority in (("a", 0), ("b", 2), ("c", 0), ("d", 2)):
        queue.add(entry(task, priority=priority))

    assert ["b", "d", "a", "c"] == [one.task for one in queue.entries()]
    assert ["b", "d", "a", "c"] == [one.task for one in queue.take()]


def test_the_same_entry_twice_is_one(queue: Queue) -> None:
    """Adding what waits, is being merged or is in changes nothing, so a crash between two lines is no harm."""
    first = queue.add(entry("a"))
    assert first == queue.add(entry("a"))
    queue.take()
    assert "merging" == queue.add(entry("a")).state
    queue.settle(Settled("a", "merged", {"merge": "2" * 40}))
    assert ("merged", "2" * 40) == (queue.add(entry("a")).state, queue.entry("a").merge)
    with pytest.raises(BatchpackError, match="a is merged with commit 111111111111 already"):
        queue.add(entry("a", "3"))


def test_newer_work_takes_the_place_of_what_was_given_back(queue: Queue) -> None:
    """After a conflict the next attempt's commit is queued anew, at the end, without the old reasons."""
    queue.add(entry("a"))
    queue.add(entry("b"))
    queue.settle(Settled("a", "conflict", {"reason": "r", "files": ["f"], "others": ["b"], "output": "o"}))
    assert (("f",), ("b",), "r", "o") == (
        queue.entry("a").files, queue.entry("a").others, queue.entry("a").reason, queue.entry("a").output,
    )  # fmt: skip

    queue.add(entry("a", "2"))

    assert [("b", "1" * 40), ("a", "2" * 40)] == [(one.task, one.commit) for one in queue.entries("ready")]
    assert ("", ()) == (queue.entry("a").reason, queue.entry("a").files)


def test_only_what_is_not_in_can_be_tried_again_or_dropped(queue: Queue) -> None:
    """Retry takes what was given back or dropped; drop takes anything that is neither in nor on its way."""
    for number, state in enumerate(("ready", "merging", "merged", "conflict", "culprit", "dropped")):
        queue.add(entry(state, str(number)))
        queue.settle(Settled(state, state, {}))  # type: ignore[arg-type]

    for state in ("ready", "merging", "merged"):
        with pytest.raises(BatchpackError, match=f"{state} is {state}, so it cannot be tried again"):
            queue.retry(state)
    for state in ("merging", "merged"):
        with pytest.raises(BatchpackError, match=f"{state} is {state}, so it cannot be dropped"):
            queue.drop(state)
    assert ["ready"] * 3 == [queue.retry(state).state for state in ("conflict", "culprit", "dropped")]
    assert ("dropped", "why") == (queue.drop("conflict", "why").state, queue.entry("conflict").reason)
    with pytest.raises(UnknownName, match="there is no entry in the merge queue named 'nobody'"):
        queue.drop("nobody")


def test_a_pause_stands_until_it_is_lifted(queue: Queue) -> None:
    """A pause is kept with its reason, also for the next process."""
    assert "" == queue.paused
    queue.pause("lunch")
    other = Queue(queue.path)
    assert "lunch" == other.paused
    other.resume()
    other.pause("broken", stuck=True)
    assert queue.stuck
    other.resume()
    other.resume()
    other.close()

    assert ("", False) == (queue.paused, queue.stuck)
    assert ["paused", "resumed", "paused", "resumed"] == [event.name for event in queue.events()]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "-x", "a..b", "x.lock", "a" * 65, "a\nb"])
def test_names_that_lead_elsewhere_are_refused(queue: Queue, name: str) -> None:
    """A task's name becomes a file and a line of history, so it must be one."""
    with pytest.raises(BatchpackError, match="is not the name of a task"):
        queue.add(entry(name))


@pytest.mark.parametrize("commit", ["", "HEAD", "--all", "1" * 39, "1" * 41, "1" * 40 + "\n"])
def test_what_is_no_whole_hash_is_refused(queue: Queue, commit: str) -> None:
    """A commit is given by its whole hash: a name may mean another commit tomorrow, or an option of git."""
    with pytest.raises(BatchpackError, match="is no commit's whole hash"):
        queue.add(Entry("a", "", "b", commit, BASE))


def test_what_passed_is_remembered_for_its_gate(queue: Queue) -> None:
    """That a commit passed counts for the same gate only."""
    queue.note_green("1" * 40, "gate")
    queue.note_green("1" * 40, "gate")

    assert [True, False, False] == [
        queue.is_green(commit, gate) for commit, gate in (("1" * 40, "gate"), ("1" * 40, "x"), ("2" * 40, "gate"))
    ]


def test_many_threads_and_handles_lose_nothing(tmp_path: Path) -> None:
    """Entries added by threads through one handle and another are all there, each once."""
    one, two = Queue(tmp_path / "j"), Queue(tmp_path / "j")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (one if number % 2 else two).add(entry(f"t{number}")), range(60)))

    assert [list(range(1, 61)), 60] == [[e.seq for e in one.entries()], len({e.task for e in two.entries()})]
    one.close()
    two.close()
