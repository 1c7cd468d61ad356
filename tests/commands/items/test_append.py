"""`batchpack items append`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_a_note_is_appended(desk: ItemDesk) -> None:
    """A note stands behind the text; with an old version or token it is refused."""
    desk.items("append", "a", "--text", "- archived 7", "--if-version", "1").assert_ok()

    assert "Sort them.\n- archived 7" == desk.task("a")["body"]
    desk.items("append", "a", "--text", "x", "--if-version", "1").assert_failed("a was changed meanwhile")
    desk.items("append", "a", "--text", "x", "--token", "3").assert_failed("no claim of a had token 3")


def test_a_note_from_standard_input(desk: ItemDesk) -> None:
    """A note of several lines comes from there; the claim's token lets it in."""
    token = desk.claim("a")
    desk.items("append", "a", "--text", "-", "--token", str(token), stdin="- one\n- two\n").assert_ok()

    assert ["Sort them.", "- one", "- two"] == desk.task("a")["body"].splitlines()
