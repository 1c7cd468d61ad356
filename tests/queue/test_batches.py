"""Batches of a project: made, found by a word, told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.queue import batches, database
from batchpack.queue.ids import BadName


def test_the_latest_is_the_one_made_last(tmp_path: Path) -> None:
    """`latest` is what was made last, however it is called and whatever was written since."""
    first, second = batches.make(tmp_path, "z"), batches.make(tmp_path, "a")
    with database.opened(first / database.NAME) as connection, database.transaction(connection):
        batches.put(connection, "k", 1)

    assert ([first, second], second) == (batches.of_project(tmp_path), batches.find(tmp_path))


def test_a_batch_is_found_by_its_name_or_its_last_digits(tmp_path: Path) -> None:
    """The digits at the end of a name made here are enough."""
    made = batches.make(tmp_path)

    assert [made, made] == [batches.find(tmp_path, word) for word in (made.name, made.name[-4:])]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A word that leads to nothing is answered with what there is, and one that leads elsewhere is refused."""
    with pytest.raises(batches.UnknownBatch) as caught:
        batches.find(tmp_path)
    assert ("there is no batch of items here", "make one with: batchpack items add") == (
        caught.value.message, caught.value.hint,
    )  # fmt: skip
    batches.make(tmp_path, "mails")
    with pytest.raises(batches.UnknownBatch) as caught:
        batches.find(tmp_path, "nope")
    assert "there are: mails" == caught.value.hint
    with pytest.raises(BadName):
        batches.find(tmp_path, "../mails")


def test_a_batch_is_not_made_twice(tmp_path: Path) -> None:
    """A name that is taken is refused, and what is there stays."""
    folder = batches.make(tmp_path, "mails")
    with database.opened(folder / database.NAME) as connection, database.transaction(connection):
        batches.put(connection, "k", {"a": [1]})
    with pytest.raises(BatchpackError, match="is there already"):
        batches.make(tmp_path, "mails")

    with database.opened(folder / database.NAME) as connection:
        assert [{"a": [1]}, "else"] == [batches.get(connection, "k"), batches.get(connection, "none", "else")]


def test_batches_stay_out_of_git(tmp_path: Path) -> None:
    """The folder of batches tells git to leave it out."""
    batches.make(tmp_path, "mails")

    assert "*\n" == (tmp_path / batches.FOLDER / ".gitignore").read_text()


def test_a_broken_batch_hides_no_other(tmp_path: Path) -> None:
    """A folder that holds no readable batch is the oldest, and a link is none."""
    made = batches.make(tmp_path, "good")
    broken = tmp_path / batches.FOLDER / "broken"
    broken.mkdir()
    (broken / database.NAME).write_text("x" * 5000)
    (tmp_path / batches.FOLDER / "link").symlink_to(made)

    assert ["broken", "good"] == [folder.name for folder in batches.of_project(tmp_path)]
    assert made == batches.find(tmp_path)
