"""Plan files of YAML and JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.workplan import plan_file
from batchpack.workplan.complaints import BadPlan

GOOD = """\
name: checkout
gate: make test
pools: {database: 1}
defaults:
  executor: shell
  timeout: 5 min
tasks:
  - id: api
    title: The API
    command: echo hi > api.txt
    deliverables: [api.txt]
    verify: test -s api.txt
  - id: web
    prompt: |
      Build the page.
    depends_on: api
    needs: database
    timeout: 10
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a plan file is to be written."""
    return tmp_path / "plan.yaml"


def test_a_plan_is_read_with_its_places(file: Path) -> None:
    """Values, defaults and lines are as the author wrote them."""
    file.write_text(GOOD)
    plan = plan_file.read(file)
    api, web = plan.tasks

    assert ("checkout", ("make test",), {"database": 1}) == (plan.name, plan.gate, plan.pools)
    assert (f"{file}:8", f"{file}:13") == (api.where, web.where)
    assert (300.0, 10.0, "shell", "web", "Build the page.\n") == (
        api.timeout, web.timeout, web.executor, web.title, web.prompt,
    )  # fmt: skip
    assert (("api",), ("database",)) == (web.depends_on, web.needs)


def test_json_of_the_same_shape_is_a_plan(file: Path) -> None:
    """JSON is read by the same reader, and the name is that of the file."""
    file.write_text(json.dumps({"tasks": [{"id": "a", "command": "true", "flaky": True}]}))
    plan = plan_file.read(file)

    assert ("plan", True) == (plan.name, plan.tasks[0].flaky)


def test_all_complaints_come_at_once_in_the_order_of_lines(file: Path) -> None:
    """What the reader and the checks find is told together, with file and line; what was understood comes along."""
    file.write_text(
        "gat: x\ntasks:\n  - id: a\n    timeout: soon\n    depends_on: b\n  - id: a/b\n    command: x\n  - 7\n"
    )
    with pytest.raises(BadPlan) as caught:
        plan_file.read(file)
    lines = [int(one.where.rpartition(":")[2]) for one in caught.value.complaints]

    assert [1, 3, 3, 4, 6, 8] == lines
    assert caught.value.plan is not None
    assert ["a", "a/b"] == [task.id for task in caught.value.plan.tasks]


@pytest.mark.parametrize("text", ["", "x", "[]", "tasks:", "tasks: []", "tasks: 3", "name: x", "tasks: {a: b}"])
def test_a_plan_without_tasks_is_refused(text: str, file: Path) -> None:
    """A file that is YAML but no plan has a complaint and no plan to run."""
    file.write_text(text)
    with pytest.raises(BadPlan):
        plan_file.read(file)


def test_what_cannot_be_read_is_told(file: Path, tmp_path: Path) -> None:
    """A folder, a missing file, a pipe, one that is not UTF-8 and one that is too large are refused."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with (tmp_path / "large.yaml").open("wb") as stream:
        stream.truncate(plan_file.SIZE_LIMIT + 1)

    for name, word in {
        "": "no plain file",
        "none": "No such",
        "pipe": "no plain",
        "latin": "UTF-8",
        "large": "MB",
    }.items():
        with pytest.raises(BrokenFile, match=word):
            plan_file.read(tmp_path / f"{name}.yaml" if name else tmp_path)


def test_more_tasks_than_can_be_run_are_refused_at_once(file: Path) -> None:
    """A file that repeats one task without end is refused by its count."""
    file.write_text("tasks:\n- &a {id: a, command: x}\n" + "- *a\n" * 100_001)
    with pytest.raises(BadPlan, match=r"more than 100,000"):
        plan_file.read(file)
