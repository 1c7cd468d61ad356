"""Where our own records lie, and whose sessions they name."""

from __future__ import annotations

import os
from pathlib import Path

from batchpack import manager, projects
from batchpack.metrics.own.shelf import Shelf, stamp, word
from batchpack.runs import index
from batchpack.runs.index import Entry


def test_projects_are_those_of_the_list_and_the_one_at_hand(tmp_path: Path) -> None:
    """Each is there once; folders are theirs alone, without hidden ones."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one / "x" / "b", one / "x" / ".new", two / "x" / "a"):
        folder.mkdir(parents=True)
    projects.remember(one)
    shelf = Shelf({}, two)

    assert [one, two] == shelf.projects
    assert [(one, one / "x" / "b"), (two, two / "x" / "a")] == list(shelf.folders("x"))
    assert [one] == Shelf({}, one).projects


def test_runs_are_those_of_the_index_and_those_in_projects(tmp_path: Path) -> None:
    """Each folder is there once, however it is known; what is gone, or is no run, is not."""
    home, alone, elsewhere = (tmp_path / name / ".batchpack" for name in ("home", "alone", "osa"))
    known, gone, found, apart = (f"20261121T10000{number}-ab1{number}" for number in range(4))
    for folder in (home / "runs" / known, alone / "runs" / found, alone / "runs" / "none", elsewhere / "runs" / apart):
        folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "home")
    for run, root in ((known, home), (known, tmp_path / "link/.batchpack"), (gone, home), (apart, elsewhere)):
        index.add(Entry(run, root, home.parent, None, "2026-11-21T10:00:00Z"))
    expected = {home / "runs" / known, alone / "runs" / found, elsewhere / "runs" / apart}

    assert expected == Shelf({}, alone.parent).runs()


def test_sessions_are_those_of_the_host() -> None:
    """An executor that is called otherwise than its host says whose sessions it begins."""
    shelf = Shelf(manager.load().executors)

    assert ("claude_code", "opencode", "gone") == tuple(map(shelf.host, ("claude", "opencode", "gone")))


def test_a_stamp_changes_with_any_of_the_files(tmp_path: Path) -> None:
    """Another size, another time or another file is another stamp; what is empty or not there says nothing."""
    one, two = tmp_path / "one", tmp_path / "two"
    assert "" == stamp(one, two)
    one.write_text("x")
    first = stamp(one, two)
    two.write_text("")
    assert first == stamp(one, two)
    two.write_text("y")
    second = stamp(one, two)
    os.utime(two, (1, 1))

    assert 3 == len({first, second, stamp(one, two)})


def test_only_texts_are_words() -> None:
    """Whatever a file that others can write to has in the place of a name, a name is a text or nothing."""
    assert ("a", "b", "") == (word("a", "b"), word({"a": 1}, "", "b"), word(None, 7, ["a"]))
