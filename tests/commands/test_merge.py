"""`batchpack merge`: its words are told."""

from __future__ import annotations

from tests.support.project import Project


def test_its_words_are_told(project: Project) -> None:
    """The group names its commands."""
    said = project.run("merge", "--help").assert_ok().out

    assert [] == [word for word in ("status", "pause", "resume", "retry", "drop", "run") if f"\n  {word} " not in said]
