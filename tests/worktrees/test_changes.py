"""What an agent did: commits, files, what it left, what lies outside, and the commit of the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack.worktrees import changes
from batchpack.worktrees.changes import Changes, NotCommitted
from batchpack.worktrees.isolation import Isolation
from batchpack.worktrees.values import Worktree
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def work(ground: Ground, made: Worktree, name: str, text: str = "x", *, commit: bool = True) -> None:
    """Do a piece of an agent's work."""
    file = made.path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    if commit:
        ground.project.git("-C", str(made.path), "add", "-A")
        ground.project.git("-C", str(made.path), "commit", "-qm", name.splitlines()[0])


def test_an_idle_agent_changed_nothing(project: Project) -> None:
    """A worktree as it was made has no commits, no files and nothing uncommitted."""
    ground = lay(project)

    assert Changes(ground.base, (), (), ()) == changes.of(ground.tree())


def test_commits_and_the_rest_are_told_apart(project: Project) -> None:
    """Committed files are compared with the base, the others with the last commit; ignored ones are not told."""
    ground = lay(project)
    made = ground.tree()
    work(ground, made, "b.txt")
    work(ground, made, "src/one.txt", "two\n")
    work(ground, made, "left over.txt", commit=False)
    work(ground, made, "b.txt", "y", commit=False)
    (made.path / "app.py").unlink()
    (made.path / "x.log").write_text("x")

    found = changes.of(made)

    assert (2, ("b.txt", "src/one.txt"), ("app.py", "b.txt", "left over.txt")) == (
        len(found.commits), found.files, found.uncommitted,
    )  # fmt: skip
    assert ("app.py", "b.txt", "left over.txt", "src/one.txt") == found.paths
    assert ("app.py", "left over.txt") == changes.outside(found.paths, ("src", "b.txt"))
    assert (found.commits[0], True) == (found.head, found.on_base)


def test_a_commit_carries_all_that_was_left(project: Project) -> None:
    """New, changed, deleted and oddly named files are in one commit with the message; then nothing is left."""
    ground = lay(project)
    made = ground.tree()
    names = ["new.txt", ":(top)x", "*.py", "a\nb", "-n", os.fsdecode(b"\xff")]
    for name in names:
        work(ground, made, name, commit=False)
    (made.path / "app.py").unlink()
    work(ground, made, "src/one.txt", "two\n", commit=False)

    commit = changes.commit(made, "# one: a title\n")

    found = changes.of(made)
    assert (commit, (), 1) == (found.head, found.uncommitted, len(found.commits))
    assert tuple(sorted([*names, "app.py", "src/one.txt"])) == found.files
    assert "T <t@example.com> # one: a title" == project.git("log", "-1", "--format=%an <%ae> %B", found.head).strip()
    assert None is changes.commit(made, "again")


@pytest.mark.parametrize("words", [("rm", "app.py"), ("mv", "app.py", "moved.py")])
def test_what_git_itself_removed_is_committed(project: Project, words: tuple[str, ...]) -> None:
    """An agent that removes or moves files by git's own commands has them removed or moved in the commit."""
    ground = lay(project)
    made = ground.tree()
    project.git("-C", str(made.path), *words)

    commit = changes.commit(made, "removed")

    listed = project.git("ls-tree", "-r", "--name-only", str(commit)).splitlines()
    assert (False, "mv" in words) == ("app.py" in listed, "moved.py" in listed)
    assert () == changes.of(made).uncommitted


def test_a_file_that_only_the_index_lost_is_no_change(project: Project) -> None:
    """`git rm --cached` leaves the file as it was: nothing is to be committed, and a later commit still has it."""
    ground = lay(project)
    made = ground.tree()
    project.git("-C", str(made.path), "rm", "-q", "--cached", "app.py", "src/one.txt")

    assert Changes(ground.base, (), (), ()) == changes.of(made)
    assert None is changes.commit(made, "nothing")

    work(ground, made, "new.txt", commit=False)
    commit = changes.commit(made, "new")
    listed = project.git("ls-tree", "-r", "--name-only", str(commit)).splitlines()
    assert [".gitignore", "app.py", "new.txt", "src/one.txt"] == listed
    assert (("new.txt",), ()) == (changes.of(made).files, changes.of(made).uncommitted)


def test_a_file_out_of_the_index_is_committed_as_it_stands(project: Project) -> None:
    """Changed since, it is told once and committed; ignored from now on, it is removed from the commit alone."""
    ground = lay(project)
    made = ground.tree()
    project.git("-C", str(made.path), "rm", "-q", "--cached", "app.py", "src/one.txt")
    work(ground, made, "app.py", "print(2)\n", commit=False)
    work(ground, made, ".gitignore", "src/\n", commit=False)

    assert (".gitignore", "app.py", "src/one.txt") == changes.of(made).uncommitted
    commit = changes.commit(made, "as it stands")

    assert [".gitignore", "app.py"] == project.git("ls-tree", "-r", "--name-only", str(commit)).splitlines()
    assert "print(2)\n" == project.git("show", f"{commit}:app.py")
    assert (made.path / "src" / "one.txt").is_file()


def test_what_git_would_not_commit_is_left(project: Project) -> None:
    """A link that only the index lost is put back, and no commit is tried for it."""
    ground = lay(project)
    (project.folder / "link").symlink_to("app.py")
    project.git("add", "link")
    project.git("commit", "-qm", "link")
    made = Ground(project, ground.repository, project.git("rev-parse", "HEAD").strip()).tree()
    project.git("-C", str(made.path), "rm", "-q", "--cached", "link")

    assert None is changes.commit(made, "nothing")
    assert () == changes.of(made).uncommitted


def test_a_hook_that_fails_is_told_with_what_it_said(project: Project) -> None:
    """The project's hooks run, their output comes back when they refuse, and nothing is committed."""
    ground = lay(project)
    made = ground.tree()
    hook = project.folder / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho line 7 is too long\nexit 1\n")
    hook.chmod(0o755)
    work(ground, made, "new.txt", commit=False)

    with pytest.raises(NotCommitted) as caught:
        changes.commit(made, "one")

    assert "line 7 is too long" in caught.value.hint
    assert (ground.base, ("new.txt",)) == (changes.of(made).head, changes.of(made).uncommitted)


def test_locks_that_a_killed_git_left_do_not_stop_the_commit(project: Project) -> None:
    """An agent killed in the middle of its own commit leaves locks, which nobody holds any more."""
    ground = lay(project)
    made = ground.tree()
    work(ground, made, "new.txt", commit=False)
    for lock in (made.record / "index.lock", made.record / "HEAD.lock"):
        lock.touch()
    (made.common / "refs/heads/batchpack/run/one.lock").touch()

    assert changes.commit(made, "one") == changes.of(made).head


def test_a_repository_made_inside_is_refused(project: Project) -> None:
    """What lies in a repository of its own cannot be carried by a commit here, so it is told instead of lost."""
    ground = lay(project)
    made = ground.tree()
    project.git("-C", str(made.path), "init", "-q", "inner")
    work(ground, made, "inner/file", commit=False)

    assert ("inner",) == changes.of(made).repositories
    with pytest.raises(NotCommitted, match="inner"):
        changes.commit(made, "one")
    project.git("-C", f"{made.path}/inner", "add", "-A")
    project.git("-C", f"{made.path}/inner", "commit", "-qm", "inner")
    project.git("-C", str(made.path), "add", "inner")
    project.git("-C", str(made.path), "commit", "-qm", "inner")
    assert (("inner",), ("inner",)) == (changes.of(made).repositories, changes.of(made).files)


def test_a_branch_that_left_its_base_is_told(project: Project) -> None:
    """A branch moved to a commit that does not build on the base is seen, and compared from where they part."""
    ground = lay(project)
    project.write({"other.txt": "x"}).git("add", "-A")
    project.git("commit", "-qm", "second")
    made = Ground(project, ground.repository, project.git("rev-parse", "HEAD").strip()).tree()
    project.git("-C", str(made.path), "reset", "-q", "--hard", ground.base)
    work(ground, made, "new.txt")

    found = changes.of(made)

    assert (False, ("new.txt",), 1) == (found.on_base, found.files, len(found.commits))


def test_after_a_merge_of_the_new_base_only_own_work_is_told(project: Project) -> None:
    """Compared with a newer base that was merged in, the files of others are not those of the task."""
    ground = lay(project)
    made = ground.tree()
    work(ground, made, "new.txt")
    project.write({"other.txt": "x"}).git("add", "-A")
    project.git("commit", "-qm", "second")
    project.git("-C", str(made.path), "merge", "-q", "--no-edit", "main")
    newer = Worktree(made.path, made.branch, project.git("rev-parse", "main").strip(), made.record)

    found = changes.of(newer)

    assert (("new.txt",), True) == (found.files, found.on_base)


def test_what_the_set_up_left_is_not_the_agents(project: Project) -> None:
    """Files that the set-up made count only once somebody changed them, and are not committed until then."""
    ground = lay(project)
    made = ground.tree(setup=("echo lock > lockfile; echo x >> app.py",))
    work(ground, made, "new.txt", commit=False)
    assert ("new.txt",) == changes.of(made).uncommitted

    changes.commit(made, "one")
    assert (("new.txt",), ()) == (changes.of(made).files, changes.of(made).uncommitted)

    work(ground, made, "lockfile", "changed", commit=False)
    assert ("lockfile",) == changes.of(made).uncommitted


def test_what_the_set_up_left_stays_out_even_when_it_was_staged(project: Project) -> None:
    """An agent that staged everything without committing does not have the set-up's files committed for it."""
    ground = lay(project)
    made = ground.tree(setup=("echo lock > lockfile; echo x >> app.py",))
    work(ground, made, "new.txt", commit=False)
    project.git("-C", str(made.path), "add", "-A")

    changes.commit(made, "one")

    assert (("new.txt",), ()) == (changes.of(made).files, changes.of(made).uncommitted)


def test_what_git_ignores_is_told(project: Project) -> None:
    """Of some paths those are named that no commit would carry."""
    made = lay(project).tree()

    assert ("x.log", "build/out") == changes.ignored(made, ("x.log", "app.py", "build/out"))
    assert () == changes.ignored(made, ())


def test_a_worktree_that_is_not_isolated_is_not_looked_at(project: Project) -> None:
    """Nothing is read from, and nothing committed in, a worktree that leads elsewhere."""
    ground = lay(project)
    made = ground.tree()
    (made.path / ".git").write_text(f"gitdir: {project.folder}/.git\n")
    Path(project.folder / "mine.txt").write_text("x")

    with pytest.raises(Isolation):
        changes.of(made)
    with pytest.raises(Isolation):
        changes.commit(made, "one")
    assert "?? mine.txt\n" == project.git("status", "--porcelain")
