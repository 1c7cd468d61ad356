"""What the commands about tasks share."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.support.item_desks import ItemDesk


def test_every_answer_names_its_batch(desk: ItemDesk) -> None:
    """Facts say which batch they are about, since `latest` may be another by the next command."""
    assert "mails" == desk.items("claim", "--json").json()["batch"]


def test_a_newer_file_is_told(desk: ItemDesk) -> None:
    """A batch of a newer version is refused in words, by every command."""
    with closing(sqlite3.connect(desk.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    desk.items("claim").assert_failed("was made by a newer batchpack", "update batchpack")
    desk.items("tasks").assert_failed("was made by a newer batchpack")


def test_half_letters_are_kept_as_escapes(desk: ItemDesk) -> None:
    """Bytes that are no text in an argument break nothing."""
    desk.claim("a")
    desk.items("fail", "a", "--token", "1", "--error", "\udcff").assert_ok()

    assert "\\udcff" == desk.task("a")["error"]


def test_a_machine_without_a_user_name_has_workers_too(desk: ItemDesk) -> None:
    """Where the system knows no name for the user, a worker is called after the machine; odd letters are replaced."""
    named = desk.project.run("items", "claim", "--json", env={"LOGNAME": "\u00e9 -x y"}).json()["task"]["assignee"]

    assert named.startswith("x-y@")
