"""`receipts verify`: whole, or not with the line."""

from __future__ import annotations

from tests.commands.receipts.conftest import Desk


def test_a_whole_book_is_said_to_be_one(desk: Desk) -> None:
    """A book nobody touched is one whole chain; acts without an end and torn lines are told."""
    desk.move("a")
    desk.begin("b")
    with (desk.folder / "receipts.jsonl").open("a") as book:
        book.write('{"act":"01')
    said = desk.receipts("verify").assert_ok().out

    assert "3 receipts, one whole chain." in said
    assert "line 4 was cut off by a crash" in said
    assert "1 act began" in said
    facts = desk.receipts("verify", "--json").json()
    assert (True, 3, 1, [4], []) == tuple(facts[name] for name in ("whole", "receipts", "open", "torn", "faults"))


def test_tampering_is_told_with_the_line(desk: Desk) -> None:
    """A changed line ends the command with exit code 1 and its number."""
    desk.move("a")
    book = desk.folder / "receipts.jsonl"
    book.write_text(book.read_text().replace('"mv"', '"rm"', 1))

    desk.receipts("verify").assert_failed("line 1: its hash does not fit its content")


def test_a_head_noted_earlier_must_still_be_there(desk: Desk) -> None:
    """The hash of a receipt that was noted shows that a book was not written anew since."""
    desk.move("a")
    head = desk.receipts("verify", "--json").json()["head"]
    desk.move("b")
    desk.receipts("verify", "--head", head).assert_ok()

    desk.receipts("verify", "--head", "0" * 64).assert_failed("no receipt has the hash 000")
