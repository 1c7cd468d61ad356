"""Where our own records lie, and whose sessions they name."""

from __future__ import annotations

import os
from pathlib import Path

from batchpack import manager, projects
from batchpack.metrics.own.shelf import Shelf, stamp, word


def test_projects_are_those_of_the_list_and_the_one_at_hand(tmp_path: Path) -> None:
    """Each is there once; folders are theirs alone, without hidden ones."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one / "x" / "b", one / "x" / ".new", two / "x" / "a"):
        folder.mkdir(parents=True)
    projects.remember(one)
    shelf = Shelf({}, two)

    assert [one, two] == shelf.projects()
    assert [(one, one / "x" / "b"), (two, two / "x" / "a")] == list(shelf.folders("x"))
    assert [one] == Shelf({}, one).projects()


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
