"""`batchpack items tasks`."""

from __future__ import annotations

from tests.support.item_desks import ItemDesk


def test_tasks_are_listed_and_counted(desk: ItemDesk) -> None:
    """Each task has a line with its status and holder, and the counts stand below."""
    desk.claim("a")
    lines = desk.items("tasks").assert_ok().out.splitlines()

    assert lines[0].startswith("a  claimed by w1 until 2")
    assert ["b  pending", "1 pending, 1 claimed"] == lines[1:]


def test_pages_go_on_where_they_ended(desk: ItemDesk) -> None:
    """A page names the place behind which the next begins."""
    first = desk.items("tasks", "--limit", "1", "--json").json()
    rest = desk.items("tasks", "--after", str(first["after"]), "--json").json()

    assert (["a"], ["b"], None) == (
        [one["id"] for one in first["tasks"]], [one["id"] for one in rest["tasks"]], rest["after"],
    )  # fmt: skip
    assert "There are more: --after 1" in desk.items("tasks", "--limit", "1").assert_ok().out


def test_a_task_is_shown_with_its_text(desk: ItemDesk) -> None:
    """The whole of a task is shown; what ran out is taken back first, and hidden characters are taken out."""
    desk.claim("a", lease=1)
    desk.items("append", "a", "--text", "\x1b[31mred").assert_ok()
    shown = desk.items("tasks", "a").assert_ok().out

    assert "\x1b" not in shown
    assert "Sort them.\n" in shown
    assert "  token: 1\n" in shown
