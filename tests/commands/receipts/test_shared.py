"""What the commands of receipts share."""

from __future__ import annotations

from tests.commands.receipts.conftest import Desk


def test_the_batch_that_is_meant(desk: Desk) -> None:
    """Without a name the latest batch is meant, by its name that one, from any folder with --project."""
    act = desk.move("a")
    elsewhere = ("--project", str(desk.project.folder), "--batch", "mails", "--json")
    shown = desk.project.run("receipts", "show", *elsewhere, cwd=desk.project.home).json()

    assert (act, "mails") == (shown["acts"][0]["act"], shown["batch"])
