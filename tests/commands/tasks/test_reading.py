"""Where a plan is looked for when none is named."""

from __future__ import annotations

from tests.support.project import Project

TASK = "<task><objective>x</objective></task>"


def test_the_first_usual_place_is_taken(project: Project) -> None:
    """Task files are found in docs/tasks, and a plan file comes before them."""
    project.run("tasks", "list").assert_failed("no plan was named", "plan.yaml", ".tmp/tasks", code=2)
    project.write({"docs/tasks/L1-001-x.xml": TASK})
    assert "L1-001" in project.run("tasks", "list").assert_ok().out

    project.write({"plan.yaml": "tasks:\n  - {id: first, command: x}\n"})
    assert "first" in project.run("tasks", "list").assert_ok().out


def test_the_format_can_be_named(project: Project) -> None:
    """A plan file without the usual ending is read when its format is said."""
    project.write({"plan.txt": "tasks:\n  - {id: first, command: x}\n"})

    assert "first" in project.run("tasks", "list", "plan.txt", "--source", "plan_yaml").assert_ok().out
