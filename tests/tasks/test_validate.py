"""Validation in the known words: each check alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.tasks.validate import validate
from tests.support.tasks import read, subtask, write_feature


def errors(tasks: Path, *, strict: bool = False) -> list[str]:
    """Return the errors of feature f."""
    return [finding.text for finding in validate(tasks, "f", strict=strict) if finding.error]


def rewrite(file: Path, **fields: Any) -> None:
    """Change fields of a file by hand; None takes a field away."""
    data = {**read(file), **fields}
    file.write_text(json.dumps({key: value for key, value in data.items() if value is not None}))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "g"}, ["task.json id ('g') should match feature slug ('f')"]),
        ({"status": "done"}, ["task.json: invalid status 'done'"]),
        ({"name": None}, ["task.json: missing required field 'name'"]),
        ({"subtask_count": 5}, ["task.json subtask_count (5) doesn't match actual count (2)"]),
        ({"completed_count": "0"}, ["task.json: completed_count must be number"]),
        ({"context_files": "a.md"}, ["task.json: context_files must be string[]"]),
        ({"reference_files": [1]}, ["task.json: reference_files must be string[] when present"]),
        ({"exit_criteria": {}}, ["task.json: exit_criteria must be string[]"]),
        ({"context_files": ["a.md", {"path": "b.md", "lines": "1-9"}]}, []),
    ],
)
def test_task_file(tmp_path: Path, fields: dict[str, Any], expected: list[str]) -> None:
    """Each field of task.json is checked."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"), subtask("f", "02"))
    rewrite(folder / "task.json", **fields)
    assert expected == errors(tmp_path)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "g-02"}, ["02: ID should start with feature name"]),
        ({"title": None}, ["02: missing required field 'title'"]),
        ({"seq": None}, ["??: missing required field 'seq'"]),
        ({"status": "done"}, ["02: invalid status 'done'"]),
        ({"depends_on": ["02"]}, ["02: task cannot depend on itself", "02: circular dependency detected: 02 -> 02"]),
        ({"depends_on": ["09"]}, ["02: depends on non-existent task 09"]),
        ({"depends_on": "01"}, ["02: depends_on must be string[]"]),
        ({"parallel": 1}, ["02: parallel must be boolean"]),
        ({"deliverables": [1]}, ["02: deliverables must be string[]"]),
        ({"acceptance_criteria": "x"}, ["02: acceptance_criteria must be string[]"]),
        ({"completion_summary": "x" * 201}, ["02: completion_summary must be null or a string of max 200 characters"]),
        ({"agent_id": 7}, ["02: agent_id must be string"]),
        ({"seq": "01"}, ["01: duplicate sequence number", "01: stands in subtask_02.json, not in subtask_01.json",
                         "01: duplicate sequence number"]),
        ({"seq": "2"}, ["2: sequence must be 2 digits (e.g., 01, 02), or more from 100 on"]),
    ],
)  # fmt: skip
def test_subtask_file(tmp_path: Path, fields: dict[str, Any], expected: list[str]) -> None:
    """Each field of a subtask is checked, alone and against the others."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"), subtask("f", "02"))
    rewrite(folder / "subtask_02.json", **fields)
    assert expected == errors(tmp_path)


def test_circle(tmp_path: Path) -> None:
    """A circle is told from each of its members."""
    write_feature(tmp_path, "f", subtask("f", "01", depends_on=["02"]), subtask("f", "02", depends_on=["01"]))
    assert errors(tmp_path) == [
        "01: circular dependency detected: 01 -> 02 -> 01",
        "02: circular dependency detected: 02 -> 01 -> 02",
    ]


def test_warnings(tmp_path: Path) -> None:
    """Missing criteria and deliverables and a count left behind are warnings, and errors when strict."""
    folder = write_feature(
        tmp_path, "f", subtask("f", "01", acceptance_criteria=[], status="completed"), completed_count=0
    )
    rewrite(folder / "subtask_01.json", deliverables=None, agent_id=None)
    expected = [
        "01: No acceptance criteria defined",
        "01: No deliverables defined",
        "task.json completed_count (0) doesn't match completed subtasks (1); the next change of a subtask mends it",
    ]
    found = validate(tmp_path, "f")
    assert [(text, False) for text in expected] == [(finding.text, finding.error) for finding in found]
    strict = errors(tmp_path, strict=True)
    assert set(expected) < set(strict)
    assert "01: missing required field 'deliverables'" in strict


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is no JSON is told with its place, once, and links out of the tasks folder are not looked into."""
    folder = write_feature(tmp_path / "tasks", "f", subtask("f", "01"), subtask("f", "02"))
    (tmp_path / "outside.json").write_text('{"id": "secret"}')
    (folder / "subtask_01.json").write_text('{\n  "id": }')
    (folder / "subtask_02.json").unlink()
    (folder / "subtask_02.json").symlink_to(tmp_path / "outside.json")
    assert errors(tmp_path / "tasks") == [
        "subtask_01.json:2:9: not valid JSON: Expecting value",
        "subtask_02.json: it is a link that leads out of the feature's folder",
    ]


def test_what_no_change_would_accept(tmp_path: Path) -> None:
    """A key that stands twice or a number that would be rounded is told here too, not only by the change itself."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"), subtask("f", "02"))
    for number, odd in ((1, '{"seq": "07",'), (2, '{"big": 1e999,')):
        file = folder / f"subtask_0{number}.json"
        file.write_text(file.read_text().replace("{", odd, 1))
    assert errors(tmp_path) == [
        "subtask_01.json:1:9: the key 'seq' stands twice",
        "subtask_02.json:1:9: 1e999 is too large a number",
    ]


def test_no_task_file(tmp_path: Path) -> None:
    """A missing task.json is an error, a broken one is told as such."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "task.json").write_text("[]")
    assert errors(tmp_path) == ["task.json:1:1: it holds a list where an object must be"]
    (folder / "task.json").unlink()
    assert errors(tmp_path) == ["Missing task.json"]


def test_three_digits(tmp_path: Path) -> None:
    """Sequences from 100 on are fine, in the order of numbers."""
    write_feature(tmp_path, "f", subtask("f", "99"), subtask("f", "100", depends_on=["99"]))
    assert validate(tmp_path, "f", strict=True) == []
