"""`batchpack tasks show` as a process."""

from __future__ import annotations

from tests.support.project import Project

PLAN = """\
tasks:
  - id: api
    prompt: |
      Write it.
      Mind \\e[31m the rest.
    verify: [make a, make b]
    deliverables: [a.py]
  - {id: web, command: x, depends_on: api}
"""


def test_what_was_understood(project: Project) -> None:
    """Lists stand below each other, what waits for it is told, and the prompt comes last."""
    shown = project.write({"plan.yaml": PLAN}).run("tasks", "show", "api").assert_ok().out

    for line in (
        "api  api", "  read from    plan.yaml:2", "  hands in     a.py", "  verified by  make a",
        "               make b", "  time         3600 s an attempt, at most 5 attempts", "  awaited by   web",
        "Prompt:", "  Write it.",
    ):  # fmt: skip
        assert line in shown.splitlines()


def test_a_task_with_nothing_to_verify_says_what_decides(project: Project) -> None:
    """A command is judged by its exit code, and may write anywhere where nothing else is said."""
    shown = project.write({"plan.yaml": PLAN}).run("tasks", "show", "web").assert_ok().out

    assert "  verified by  its own exit code" in shown.splitlines()
    assert "  may change   anything in its worktree" in shown.splitlines()


def test_what_is_wrong_with_it_is_shown(project: Project) -> None:
    """Complaints about the task stand in the page, and the exit code is 1."""
    project.write({"p.yaml": "tasks:\n  - {id: a, command: x, deliverables: [../b]}\n  - {id: c, command: x}\n"})
    done = project.run("tasks", "show", "a", "p.yaml")

    assert 1 == done.code
    assert "To be mended:\n  - task a: deliverable '../b' leads out of the project" in done.out
    project.run("tasks", "show", "c", "p.yaml").assert_ok()


def test_an_unknown_task_is_a_usage_error(project: Project) -> None:
    """The known ids are listed; where the plan is broken, its complaints are told instead."""
    project.write({"plan.yaml": PLAN, "p.yaml": "tasks:\n  - {id: a}\n"})

    project.run("tasks", "show", "nope").assert_failed("no task named 'nope'", "api, web", code=2)
    project.run("tasks", "show", "nope", "p.yaml").assert_failed("nothing to do")


def test_json_has_all_of_it(project: Project) -> None:
    """The facts have the task's values with its hash and what waits for it."""
    facts = project.write({"plan.yaml": PLAN}).run("tasks", "show", "api", "--json").json()

    assert (["make a", "make b"], ["web"], 64, []) == (
        facts["verify"], facts["dependants"], len(facts["hash"]), facts["complaints"],
    )  # fmt: skip
