"""The table of what may stand in a plan file."""

from __future__ import annotations

from dataclasses import fields as fields_of

from batchpack.workplan import fields
from batchpack.workplan.values import WorkPlan, WorkTask
from tests.support.project import ROOT


def test_an_author_can_set_all_that_a_task_has() -> None:
    """The table has each field of a task and of a plan but those that reading sets."""
    assert {field.name for field in fields_of(WorkTask)} - {"where", "unread"} == set(fields.TASK)
    assert {field.name for field in fields_of(WorkPlan)} - {"tasks", "kind", "path"} == set(fields.PLAN)


def test_what_each_task_says_for_itself_has_no_default() -> None:
    """Ids, titles, work and its order cannot stand under `defaults`."""
    assert set(fields.DEFAULTS) == set(fields.TASK) - fields.OWN


def test_the_page_explains_each_key() -> None:
    """The page on plan files names every key."""
    page = (ROOT / "docs" / "plan-file.md").read_text()

    assert [] == [name for name in (*fields.TASK, *fields.ROOT) if f"`{name}`" not in page]
