"""Opening a repository: what worktrees can be made from, and what is refused or told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from batchpack.errors import UsageError
from batchpack.worktrees import repository
from batchpack.worktrees.repository import NoRepository
from tests.support.project import Project
from tests.worktrees.build import identify, lay


def refused(folder: Path) -> str:
    """Return why a folder cannot be opened, with what to do about it."""
    with pytest.raises(NoRepository) as caught:
        repository.open_at(folder)
    assert caught.value.hint
    return caught.value.message


def test_a_plain_repository_is_opened_from_below_and_from_a_worktree(project: Project) -> None:
    """Root, branch, commit and the shared git folder are the same wherever in the project one stands."""
    ground = lay(project)
    linked = project.home / "linked"
    project.git("worktree", "add", "-q", str(linked))

    opened = [repository.open_at(place) for place in (project.folder, linked, project.folder / "src")]

    assert ["", "", "src"] == [one.prefix for one in opened]
    for one in opened:
        assert (project.folder, project.folder / ".git", "main", ground.base) == (
            one.root, one.common, one.branch, one.head,
        )  # fmt: skip
        assert () == one.notes


def test_what_is_no_repository_is_refused(project: Project) -> None:
    """A folder without repository, one that is not there, a bare repository, a git folder: each with its sentence."""
    assert "is in no git repository" in refused(project.folder)
    assert "there is no folder" in refused(project.folder / "nowhere")
    lay(project)
    project.git("clone", "-q", "--bare", ".", str(project.home / "bare.git"))
    assert "a bare repository" in refused(project.home / "bare.git")
    assert "inside a git folder" in refused(project.folder / ".git")


def test_a_repository_without_a_commit_is_refused(project: Project) -> None:
    """Agents start from a commit, so there must be one."""
    project.git("init", "-q")
    identify(project)

    assert "has no commit yet" in refused(project.folder)


def test_without_a_name_for_commits_nothing_begins(project: Project) -> None:
    """Where git cannot say who commits, this is told before any agent is paid."""
    project.init_git()
    project.git("config", "user.useConfigOnly", "true")

    assert "in whose name" in refused(project.folder)


@pytest.mark.parametrize(("said", "word"), [("git version 2.37.9", "too old"), ("gut", "too old"), (None, "installed")])
def test_an_old_or_missing_git_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, said: str | None, word: str
) -> None:
    """A git without `merge-tree --write-tree` is refused by its number."""
    program = project.home / "git"
    if said is not None:
        program.write_text(f"#!/bin/sh\necho {said}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(project.home))

    assert word in refused(project.folder)


def test_a_detached_head_is_fine(project: Project) -> None:
    """A HEAD on no branch has a commit all the same."""
    ground = lay(project)
    project.git("checkout", "-q", "--detach")

    opened = repository.open_at(project.folder)

    assert ("", ground.base) == (opened.branch, opened.head)


def test_uncommitted_changes_are_told(project: Project) -> None:
    """A dirty main tree is allowed; it is said that agents do not see the changes."""
    lay(project)
    project.write({"new.txt": "x"})

    assert "not committed" in repository.open_at(project.folder).notes[0]


def test_a_repository_inside_a_repository_is_the_inner_one(project: Project) -> None:
    """A project with a repository of its own inside another's work tree is that inner one."""
    lay(project)
    inner = project.folder / "inner"
    project.git("init", "-q", "-b", "main", "inner")
    project.git("-C", "inner", "commit", "-q", "--allow-empty", "-m", "first")
    project.git("-C", "inner", "config", "user.name", "T")
    project.git("-C", "inner", "config", "user.email", "t@example.com")

    assert inner == repository.open_at(inner).root


def test_names_are_resolved_to_commits(project: Project) -> None:
    """Branches, tags and short hashes lead to a whole hash; other words, and options, to an error."""
    ground = lay(project)
    project.git("tag", "-a", "-m", "x", "v1")

    for name in ("", "HEAD", "main", "v1", ground.base[:8]):
        assert ground.base == repository.resolve(ground.repository, name)
    for name in ("nowhere", "--all", "HEAD~5", "main:app.py", "a b"):
        with pytest.raises(UsageError, match="no commit"):
            repository.resolve(ground.repository, name)


def test_head_is_not_taken_in_the_middle_of_a_rebase(project: Project) -> None:
    """While a rebase is under way HEAD is refused as a base; a branch is not. A merge leaves HEAD where it was."""
    ground = lay(project)
    project.git("checkout", "-q", "-b", "other")
    project.write({"app.py": "print(2)\n"}).git("commit", "-qam", "two")
    project.git("checkout", "-q", "main")
    project.write({"app.py": "print(3)\n"}).git("commit", "-qam", "three")

    assert 1 == project.execute(["git", "merge", "other"]).code
    merging = repository.open_at(project.folder)
    assert "merge" == merging.under_way
    assert merging.head == repository.resolve(merging, "")
    project.git("merge", "--abort")

    assert 0 != project.execute(["git", "rebase", "other"]).code
    rebasing = repository.open_at(project.folder)
    assert "rebase" == rebasing.under_way
    with pytest.raises(UsageError, match="rebase is under way"):
        repository.resolve(rebasing, "")
    assert ground.base == repository.resolve(rebasing, ground.base)


def test_what_agents_find_otherwise_is_told(project: Project) -> None:
    """Submodules, files in LFS without its program, a sparse and a shallow clone are each told in a sentence."""
    lay(project, {"a/x": "1", "b/x": "1"})
    shallow = project.home / "shallow"
    project.git("clone", "-q", "--depth", "1", f"file://{project.folder}", str(shallow))
    clone = Project(project.home / "base")
    project.git("clone", "-q", f"file://{project.folder}", str(clone.folder / "x"))
    folder = clone.folder / "x"
    (folder / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    (folder / ".gitmodules").write_text("")
    for words in (("add", "-A"), ("commit", "-qm", "more"), ("sparse-checkout", "set", "a")):
        clone.git("-C", str(folder), *words)
    for one in (folder, shallow):
        clone.git("-C", str(one), "config", "user.name", "T")
        clone.git("-C", str(one), "config", "user.email", "t@example.com")

    told = " ".join(repository.open_at(folder).notes) + (" LFS" if shutil.which("git-lfs") else "")

    assert [] == [word for word in ("LFS", "sparse", "Submodules") if word not in told]
    assert "shallow" in " ".join(repository.open_at(shallow).notes)
