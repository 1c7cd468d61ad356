"""The main tree's fingerprint: every act on it is seen, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from batchpack.worktrees import changes, fingerprint, trees
from tests.support.project import Project
from tests.worktrees.build import Ground, lay

Act = Callable[[Project], object]


def seen(ground: Ground, act: Act) -> list[tuple[str, str]]:
    """Return what differs by an act on the main tree."""
    before = fingerprint.take(ground.repository)
    act(ground.project)
    return [(one.kind, one.path) for one in fingerprint.differences(before, fingerprint.take(ground.repository))]


ACTS: dict[str, tuple[Act, list[tuple[str, str]]]] = {
    "a new file": (lambda one: one.write({"x/new": "1"}), [("file", "x/new")]),
    "a change": (lambda one: one.write({"app.py": "2"}), [("file", "app.py")]),
    "a change of what was changed": (lambda one: one.write({"dirty.txt": "3"}), [("file", "dirty.txt")]),
    "a change of an untracked file": (lambda one: one.write({"untracked": "two"}), [("file", "untracked")]),
    "a mode": (lambda one: (one.folder / "untracked").chmod(0o755), [("file", "untracked")]),
    "a deletion": (lambda one: (one.folder / "app.py").unlink(), [("file", "app.py")]),
    "a reverted change": (lambda one: one.git("checkout", "-q", "--", "dirty.txt"), [("file", "dirty.txt")]),
    "staging": (lambda one: one.git("add", "untracked"), [("file", "untracked")]),
    "a commit": (
        lambda one: one.git("commit", "-qam", "x"),
        [("file", "dirty.txt"), ("head", "HEAD"), ("branch", "refs/heads/main")],
    ),
    "a switch": (
        lambda one: one.git("switch", "-qc", "other"),
        [("head", "HEAD"), ("branch", "refs/heads/other")],
    ),
    "a branch": (lambda one: one.git("branch", "other"), [("branch", "refs/heads/other")]),
    "a moved branch": (lambda one: one.git("branch", "-f", "side", "HEAD^"), [("branch", "refs/heads/side")]),
    "a deleted branch": (lambda one: one.git("branch", "-qD", "side"), [("branch", "refs/heads/side")]),
    "a stash": (lambda one: one.git("stash"), [("file", "dirty.txt"), ("branch", "refs/stash")]),
    "a setting": (lambda one: one.git("config", "user.name", "X"), [("settings", ".git/config")]),
    "a hook": (
        lambda one: (one.folder / ".git/hooks/pre-push").write_text("x"),
        [("settings", ".git/hooks/pre-push")],
    ),
    "a way around .gitignore": (
        lambda one: (one.folder / ".git/info/exclude").write_text("*\n"),
        [("file", "untracked"), ("settings", ".git/info/exclude")],
    ),
    "nothing": (lambda _: None, []),
    "reading": (lambda one: one.git("status"), []),
    "a refreshed index": (lambda one: one.execute(["git", "update-index", "-q", "--really-refresh"]), []),
    "a touch": (lambda one: (one.folder / "app.py").touch(), []),
    "an ignored file": (lambda one: one.write({"x.log": "1", ".env": "K=1"}), []),
    "packed branches": (lambda one: one.git("pack-refs", "--all"), []),
    "a branch of ours": (lambda one: one.git("branch", "batchpack/run/x"), []),
    "a remote's news": (lambda one: one.git("update-ref", "refs/remotes/origin/main", "HEAD"), []),
    "a submodule's setting": (lambda one: one.git("config", "submodule.x.url", "y"), []),
}


@pytest.mark.parametrize("what", ACTS)
def test_every_act_on_the_main_tree_is_seen(project: Project, what: str) -> None:
    """An act that changes what the user has is told by path; one that does not is not."""
    ground = lay(project)
    project.write({"dirty.txt": "1"}).git("add", "-A")
    project.git("commit", "-qm", "more")
    project.git("branch", "side")
    project.write({"dirty.txt": "2", "untracked": "one"})
    act, expected = ACTS[what]

    assert sorted(expected) == sorted(seen(ground, act))


def test_work_in_a_worktree_does_not_touch_the_main_tree(project: Project) -> None:
    """Making a worktree, committing in it and removing it leaves the fingerprint as it was."""
    ground = lay(project)

    def act(_: Project) -> None:
        made = ground.tree()
        (made.path / "new.txt").write_text("x")
        changes.commit(made, "one")
        (made.path / "left.txt").write_text("x")
        trees.remove(ground.repository, made, salvage_into=project.home / "s")

    assert [] == seen(ground, act)


def test_a_submodule_is_looked_into(project: Project) -> None:
    """A change inside a submodule is told by its path, also where the submodule had changes before."""
    other = Project(project.home / "other").write({"file": "1", "more": "1"}).init_git()
    project.init_git()
    project.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.folder), "sub")
    project.git("commit", "-qm", "sub")
    ground = lay(project)
    project.write({"sub/file": "2"})

    assert [("file", "sub/file")] == seen(ground, lambda one: one.write({"sub/file": "3"}))
    assert [("file", "sub/more")] == seen(ground, lambda one: one.write({"sub/more": "2"}))


def test_a_difference_tells_when(project: Project) -> None:
    """A changed file comes with the time of the change; one that is gone has none."""
    ground = lay(project)
    before = fingerprint.take(ground.repository)
    project.write({"new": "x"})
    (project.folder / "app.py").unlink()

    gone, new = fingerprint.differences(before, fingerprint.take(ground.repository))

    assert ("app.py", None, "new") == (gone.path, gone.mtime, new.path)
    assert new.mtime is not None
    assert abs(time.time() - new.mtime) < 60
