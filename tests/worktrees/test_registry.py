"""Git's records of worktrees, read as files."""

from __future__ import annotations

from batchpack.worktrees import registry
from tests.support.project import Project
from tests.worktrees.build import lay


def test_records_are_found_by_the_folder(project: Project) -> None:
    """Two worktrees with the same last name have records of different names, each found by its folder."""
    ground = lay(project)
    first = ground.tree("one")
    project.git("worktree", "add", "-q", str(project.home / "one"))
    common = ground.repository.common

    assert first.record == registry.find(common, first.path)
    assert common / "worktrees/one1" == registry.find(common, project.home / "one")
    assert None is registry.find(common, project.home / "two")
    assert {"one", "one1"} == {record.name for record in registry.records(common)}


def test_what_is_noted_can_be_read_and_taken_back(project: Project) -> None:
    """Marks and locks are set, read and removed; what is torn or missing is no mark."""
    record = lay(project).tree().record

    assert "batchpack/run/one" == (registry.mark(record) or {})["branch"]
    (record / registry.MARK).write_text("{")
    assert None is registry.mark(record)
    registry.unmark(record)
    registry.unmark(record)
    assert None is registry.mark(record)
    registry.lock(record, "a reason")
    assert "a reason" == registry.reason(record)
    registry.unlock(record)
    registry.unlock(record)
    assert None is registry.reason(record)


def test_tips_of_branches(project: Project) -> None:
    """The commit of a branch is known from its file, or from git when it is packed; else there is none."""
    ground = lay(project)

    assert ground.base == registry.tip(ground.repository.common, "main")
    project.git("pack-refs", "--all")
    assert ground.base == registry.tip(ground.repository.common, "main")
    assert None is registry.tip(ground.repository.common, "nowhere")
