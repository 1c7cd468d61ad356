"""`batchpack tasks check` as a process."""

from __future__ import annotations

from tests.support.project import Project

BAD = "tasks:\n  - id: a/b\n    command: x\n  - id: c\n    prompt: x\n    depends_on: d\n"


def test_a_plan_that_can_be_run(project: Project) -> None:
    """A good plan is said to be good, with what is worth a second look."""
    project.write({"plan.yaml": "tasks:\n  - id: a\n    prompt: x\n"})
    shown = project.run("tasks", "check").assert_ok().out

    assert "⚠ nothing verifies the work of a: give them verify lines, or the plan a gate\n" in shown
    assert shown.endswith("✓ plan: 1 task in 1 layer; it can be run.\n")


def test_all_that_must_be_mended(project: Project) -> None:
    """Each complaint has a line with its place, and the exit code is 1."""
    done = project.write({"p.yaml": BAD}).run("tasks", "check", "p.yaml")

    assert (1, "") == (done.code, done.err)
    first, second = done.out.splitlines()[:2]
    assert first.startswith("✗ p.yaml:2: task a/b: this is no id")
    assert second.startswith("✗ p.yaml:4: task c: it depends on 'd'")
    assert done.out.endswith("2 things must be mended before the plan can be run.\n")


def test_json_has_the_same(project: Project) -> None:
    """The facts have the complaints with their places, and the exit code stays."""
    done = project.write({"p.yaml": BAD}).run("tasks", "check", "p.yaml", "--json")

    assert 1 == done.code
    assert '"where": "p.yaml:4"' in done.out
    assert '"ok": false' in done.out


def test_what_is_no_plan_at_all_is_an_error(project: Project) -> None:
    """Broken YAML is told with line and column, a missing file and an unknown format as a usage error."""
    project.write({"p.yaml": "a: [1\n", "p.txt": "x", "deep.yaml": "[" * 100_000})

    project.run("tasks", "check", "p.yaml").assert_failed("p.yaml:2:1", "broken YAML")
    project.run("tasks", "check", "deep.yaml").assert_failed("in each other")
    project.run("tasks", "check", "nope.yaml").assert_failed("there is no file or folder nope.yaml", code=2)
    project.run("tasks", "check", "p.txt").assert_failed("--source", "plan_yaml", "task_xml", "openagents", code=2)
    project.run("tasks", "check", "p.txt", "--source", "nope").assert_failed("no source named 'nope'", code=2)
