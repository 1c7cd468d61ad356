"""`batchpack tasks list` as a process."""

from __future__ import annotations

from tests.support.project import Project

PLAN = """\
name: shop
tasks:
  - {id: web, command: x, depends_on: api, title: The page}
  - {id: api, command: x}
  - {id: docs, prompt: secret words, depends_on: [web]}
"""


def test_tasks_stand_by_layers(project: Project) -> None:
    """Each layer lists its tasks with what they wait for, and the longest chain stands at the end."""
    shown = project.write({"plan.yaml": PLAN}).run("tasks", "list").assert_ok().out

    assert [
        "shop: 3 tasks in 3 layers", "", "Layer 1", "  api   api", "", "Layer 2", "  web   The page  (after api)",
        "", "Layer 3", "  docs  docs  (after web)", "", "Longest chain: api -> web -> docs",
    ] == shown.splitlines()  # fmt: skip


def test_a_plan_that_cannot_be_run_is_listed_all_the_same(project: Project) -> None:
    """What can never start stands apart, and the way to the reasons is told."""
    project.write(
        {"p.yaml": "tasks:\n  - {id: a, command: x, depends_on: b}\n  - {id: b, command: x, depends_on: a}\n"}
    )
    done = project.run("tasks", "list", "p.yaml").assert_failed("see why: batchpack tasks check p.yaml")

    assert "Cannot start\n  a  a  (after b)\n  b  b  (after a)\n" in done.out


def test_json_has_the_tasks_without_their_prompts(project: Project) -> None:
    """The facts hold layers, chain and tasks; a prompt is shown by `tasks show` only."""
    done = project.write({"plan.yaml": PLAN}).run("tasks", "list", "--json")
    facts = done.json()

    assert ([["api"], ["web"], ["docs"]], ["api", "web", "docs"]) == (facts["layers"], facts["critical_path"])
    assert ["web", "api", "docs"] == [task["id"] for task in facts["tasks"]]
    assert "secret" not in done.out
