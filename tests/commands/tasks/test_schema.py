"""`batchpack tasks schema` as a process."""

from __future__ import annotations

from tests.support.project import ROOT, Project


def test_it_prints_what_is_published(project: Project) -> None:
    """The command's output is the file in docs/, byte for byte."""
    assert (ROOT / "docs" / "plan.schema.json").read_text() == project.run("tasks", "schema").assert_ok().out
