"""One task as XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.workplan import xml_tasks
from batchpack.workplan.complaints import Complaint
from batchpack.workplan.values import WorkTask

FULL = """\
<?xml version="1.0" encoding="UTF-8"?>
<task>
  <meta>
    <id>L1-002</id>
    <name>Create the model</name>
    <layer>1-foundation</layer>
  </meta>
  <context>The project <b>needs</b> a model.</context>
  <dependencies><contract task="L1-001">ProjectState of L1-003</contract></dependencies>
  <objective>A model of a project.</objective>
  <requirements><requirement id="R1">It has a name &amp; a state</requirement></requirements>
  <test-requirements><test id="1">The name is kept</test></test-requirements>
  <files-to-create><file path="app/model.py">The model</file></files-to-create>
  <files-to-modify><file>app/__init__.py</file></files-to-modify>
  <verification><step>pytest tests/test_model.py</step><step>All is well</step></verification>
  <exports>Project</exports>
  <notes>Keep it small.</notes>
</task>
"""


def built(tmp_path: Path, text: str, name: str = "L1-002-create-model.xml") -> tuple[WorkTask, list[Complaint]]:
    """Write and read a task file."""
    path = tmp_path / "2-models" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return xml_tasks.build(xml_tasks.read(path, "t.xml"), {"L1-001", "L1-002"})


def test_each_section_is_understood(tmp_path: Path) -> None:
    """Ids, paths and commands are what the engine acts on; dependencies are those of attributes and text."""
    task, complaints = built(tmp_path, FULL)

    assert [] == complaints
    assert ("L1-002", "Create the model", "1-foundation", "t.xml:2") == (task.id, task.title, task.layer, task.where)
    assert (("L1-001", "L1-003"), ("app/model.py",), ("app/__init__.py",)) == (
        task.depends_on, task.deliverables, task.scope,
    )  # fmt: skip
    assert ("pytest tests/test_model.py",) == task.verify


def test_the_agent_is_told_everything(tmp_path: Path) -> None:
    """The prompt has all sections, also those that nothing here acts on, which are told apart."""
    task, _ = built(tmp_path, FULL)

    for words in (
        "## Context\n\nThe project needs a model.", "- requirement (id R1): It has a name & a state",
        "- test (id 1): The name is kept",
        "## Notes\n\nKeep it small.", "- contract (task L1-001): ProjectState of L1-003",
    ):  # fmt: skip
        assert words in task.prompt
    assert (
        "<verification> line 15: 'All is well' is a sentence, no line for the shell", "<notes> line 17",
    ) == task.unread  # fmt: skip


def test_what_is_missing_is_taken_from_where_the_file_lies(tmp_path: Path) -> None:
    """Without a meta section the file's name gives the id and the folder's the layer."""
    task, complaints = built(tmp_path, "<task><objective>x</objective></task>", "L2-010-do-it.xml")

    assert ("L2-010", "L2-010-do-it", "2-models", []) == (task.id, task.title, task.layer, complaints)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<task><meta><id>x</id></meta></task>", "neither an <objective>"),
        ("<project><objective>x</objective></project>", "begins with <task>"),
        ("<task>\n<objective>x</objective>\n<verification>All is well</verification></task>", "t.xml:3"),
    ],
)
def test_what_a_run_needs_is_told(text: str, word: str, tmp_path: Path) -> None:
    """A file without an aim, of another kind, or with a verification that cannot be run has a complaint."""
    _, complaints = built(tmp_path, text)

    assert 1 == len(complaints)
    assert word in str(complaints[0])
