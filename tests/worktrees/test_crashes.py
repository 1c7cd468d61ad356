"""Processes killed at every step, ours and git's: a worktree is whole or made anew, and no work is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.worktrees import changes, registry, trees
from tests.support.killer import killed_at
from tests.support.project import Project
from tests.worktrees.build import Ground, lay

MOST = 80
STEPS = {"subprocess.Popen"}

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def copies(project: Project, ground: Ground) -> Callable[[], None]:
    """Keep a copy of all there is, and return what puts it back."""
    base = project.folder.parent
    kept = base.parent / f"{base.name}-kept"
    shutil.copytree(base, kept, symlinks=True)

    def put_back() -> None:
        for name in ("project", "project.worktrees", "saved"):
            shutil.rmtree(base / name, ignore_errors=True)
            if (kept / name).exists():
                shutil.copytree(kept / name, base / name, symlinks=True)

    return put_back


def whole(ground: Ground) -> bool:
    """Tell whether the worktree is as if nobody had ever been killed."""
    made = ground.tree(setup=("echo set up > build.log",))
    found = changes.of(made)
    clean = not found.uncommitted and not ground.project.git("status", "--porcelain")
    ground.project.git("fsck", "--no-progress")
    return clean and (made.path / "build.log").exists() and (made.path / "src/one.txt").exists()


def test_making_killed_before_any_step_is_made_good_by_the_next(project: Project) -> None:
    """Wherever the making is killed, making it again yields the same worktree, with the set-up run."""
    ground = lay(project)
    put_back = copies(project, ground)
    number = 0
    for number in range(1, MOST):
        put_back()
        if not killed_at(number, "before", lambda: ground.tree(setup=("echo set up > build.log",)), STEPS):
            break
        assert whole(ground), number

    assert 5 < number < MOST


def test_removing_killed_before_any_step_loses_nothing(project: Project) -> None:
    """Wherever a removal is killed, the uncommitted file is still there or saved, and the next one ends the work."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new.txt").write_text("work")
    put_back = copies(project, ground)
    saved = project.folder.parent / "saved"
    number = 0
    for number in range(1, MOST):
        put_back()
        act = lambda: trees.remove(ground.repository, made, salvage_into=saved)  # noqa: E731
        died = killed_at(number, "before", act, STEPS)
        assert (made.path / "new.txt").exists() or (saved / "one/untracked.tar").exists(), number
        trees.remove(ground.repository, made, salvage_into=saved)
        assert not made.path.exists()
        assert (saved / "one/salvage.json").exists()
        assert "" == project.git("branch", "--list", "batchpack/*")
        if not died:
            break

    assert 10 < number < MOST


def test_reviving_killed_before_any_step_keeps_the_commits(project: Project) -> None:
    """Wherever the refilling of a deleted folder is killed, the next call brings all commits back."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new.txt").write_text("work")
    changes.commit(made, "work")
    shutil.rmtree(made.path)
    put_back = copies(project, ground)
    number = 0
    for number in range(1, MOST):
        put_back()
        died = killed_at(number, "before", lambda: ground.tree(setup=("echo set up > build.log",)), STEPS)
        assert whole(ground), number
        assert "work" == (made.path / "new.txt").read_text()
        if not died:
            break

    assert 5 < number < MOST


def test_committing_killed_before_any_step_is_done_by_the_next(project: Project) -> None:
    """Wherever a commit is killed, the next one carries all the files, once."""
    ground = lay(project)
    made = ground.tree()
    (made.path / "new.txt").write_text("work")
    put_back = copies(project, ground)
    for number in range(1, MOST):
        put_back()
        died = killed_at(number, "before", lambda: changes.commit(made, "work"), STEPS)
        (made.record / "index.lock").touch()
        changes.commit(made, "work")
        found = changes.of(made)
        assert (("new.txt",), (), 1) == (found.files, found.uncommitted, len(found.commits))
        if not died:
            break


def only_the_branch(ground: Ground, path: Path, record: Path) -> None:
    """Leave what git leaves that is killed after it made the branch."""
    shutil.rmtree(path)
    shutil.rmtree(record)


def only_the_lock(ground: Ground, path: Path, record: Path) -> None:
    """Leave a record in which nothing but the lock stands."""
    shutil.rmtree(path)
    for file in record.iterdir():
        if file.name != "locked":
            shutil.rmtree(file) if file.is_dir() else file.unlink()


def no_folder(ground: Ground, path: Path, record: Path) -> None:
    """Leave a record of a folder that was not made yet."""
    registry.unmark(record)
    shutil.rmtree(path)


def no_files(ground: Ground, path: Path, record: Path) -> None:
    """Leave a folder with nothing but its `.git`, and no index yet."""
    registry.unmark(record)
    (record / "index").unlink()
    for file in path.iterdir():
        if file.name != ".git":
            shutil.rmtree(file) if file.is_dir() else file.unlink()


def half_the_files(ground: Ground, path: Path, record: Path) -> None:
    """Leave a checkout in its middle: some files, a locked index."""
    registry.unmark(record)
    (record / "index").rename(record / "index.lock")
    (path / "app.py").unlink()


def still_initializing(ground: Ground, path: Path, record: Path) -> None:
    """Leave what an older git leaves, whose lock says only that it was at work."""
    half_the_files(ground, path, record)
    (record / "locked").write_text("initializing\n")


@pytest.mark.parametrize(
    "leave", [only_the_branch, only_the_lock, no_folder, no_files, half_the_files, still_initializing]
)
def test_what_a_killed_git_left_is_made_good(project: Project, leave: Callable[[Ground, Path, Path], None]) -> None:
    """At whatever step git itself was killed, making the worktree again yields a whole one."""
    ground = lay(project)
    made = ground.tree()

    leave(ground, made.path, made.record)

    assert whole(ground)
    assert 2 == len(project.git("worktree", "list").splitlines())
