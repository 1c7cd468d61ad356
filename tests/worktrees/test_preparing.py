"""New worktrees made ready: set-up lines run as written, failures told, submodules filled."""

from __future__ import annotations

import pytest

from batchpack.worktrees import changes, trees
from batchpack.worktrees.preparing import SetupFailed
from tests.support.project import Project
from tests.worktrees.build import lay


def test_set_up_lines_run_in_their_order(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is the shell's, in the worktree, knows the main tree, and sees nothing of a calling git."""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    ground = lay(project)

    made = ground.tree(setup=("echo one > a.log && pwd >> a.log", 'echo "$BATCHPACK_MAIN_TREE $GIT_DIR." >> a.log'))

    assert f"one\n{made.path}\n{project.folder} .\n" == (made.path / "a.log").read_text()


def test_a_line_that_fails_is_told_and_tried_again(project: Project) -> None:
    """The error has the line and what it said; the next making starts from a fresh folder."""
    ground = lay(project)

    with pytest.raises(SetupFailed, match="exit code 3") as caught:
        ground.tree(setup=("touch left.log; echo no network >&2; exit 3",))
    assert "no network" in caught.value.hint

    made = ground.tree(setup=("true",))
    assert not (made.path / "left.log").exists()


def test_a_set_up_that_leaves_the_branch_is_refused(project: Project) -> None:
    """A set-up line that checks out something else leaves no worktree to work in."""
    ground = lay(project)

    with pytest.raises(trees.Isolation, match="instead of"):
        ground.tree(setup=("git checkout -q --detach",))


def test_submodules_are_filled_from_the_main_tree(project: Project) -> None:
    """A submodule that the main tree has is there in the worktree too, at the commit that belongs to the base."""
    other = Project(project.home / "other").write({"file": "1"}).init_git()
    project.init_git()
    for name in ("sub", "empty"):
        project.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.folder), name)
    project.git("commit", "-qm", "sub")
    other.write({"file": "2"}).git("commit", "-qam", "two")
    project.git("submodule", "deinit", "-q", "empty")
    other.folder.rename(project.home / "moved")
    ground = lay(project)
    config = project.git("config", "--list", "--local")

    made = ground.tree()

    assert ("1", []) == ((made.path / "sub/file").read_text(), list((made.path / "empty").iterdir()))
    assert ((), ()) == (changes.of(made).uncommitted, changes.of(made).repositories)
    assert config == project.git("config", "--list", "--local")
    assert trees.remove(ground.repository, made, salvage_into=project.home / "s").salvaged is None
    assert "1" == (project.folder / "sub/file").read_text()


def test_phantom_changes_are_not_the_agents(project: Project) -> None:
    """Files that differ right after the checkout, as with line ends that were never normalised, are nobody's work."""
    lay(project, {"win.txt": "a\r\nb\r\n"})
    project.write({".gitattributes": "*.txt text eol=lf\n"}).git("add", ".gitattributes")
    project.git("commit", "-qm", "attributes")
    ground = lay(project, {})

    made = ground.tree()

    assert () == changes.of(made).uncommitted


def test_a_line_that_is_stopped_has_failed(project: Project) -> None:
    """Who asks for the end does not wait for a long set-up, and what it started is gone; of a flood the end is kept."""
    ground = lay(project)
    repo, path = ground.repository, project.folder.parent / "trees/T"
    line = "head -c 9000000 /dev/zero | tr '\\0' x; echo end; touch begun.log; sleep 300"

    with pytest.raises(SetupFailed, match="stopped") as caught:
        trees.create(repo, path, "batchpack/run/T", repo.head, setup=(line,), stop=(path / "begun.log").exists)
    assert caught.value.hint.endswith("xend")
    assert len(caught.value.hint) <= 4000
