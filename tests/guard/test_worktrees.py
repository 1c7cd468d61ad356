"""Paths count as those of a task's worktree only where git's record in the project says that batchpack made it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.guard.places import Place
from batchpack.guard.worktrees import around
from batchpack.worktrees import registry
from tests.guard.conftest import Ground, given
from tests.guard.trees import Trees

ATTACKS: tuple[str, ...] = (
    "{main}/src/a.py",
    "src/a.py",
    "{tree}/../../main.txt",
    "{tree}/to-main/src/a.py",
    "{tree}/to-outside/a.py",
    "{tree}/file-link",
    "{tree}/../../../p/src/a.py",
    "{trees}/looks/app/a.py",
    "{trees}/plain/a.py",
    "{trees}/by-hand/a.py",
    "{trees}/foreign/a.py",
    "{trees}/half/a.py",
    "{trees}/beside.py",
    "{tree}-2/a.py",
    "{tree}/.git",
    "{tree}/.GIT",
    "{main}/.git/worktrees/L1-001/batchpack.json",
    "{main}/.git/hooks/pre-commit",
    "{tree}/.env",
    "{tree}/app/.env.local",
    "{tree}/top.key",
    "{tree}/.claude/settings.json",
    "{tree}/.opencode/agents/x.md",
    "{tree}/.batchpack/x",
    "{tree}/.tmp/tasks/x.json",
    "{tree}/node_modules/a.js",
    "{tree}/opencode.json",
    "{tree}/.mcp.json",
    "~/x",
    "/etc/x",
    "/",
    "",
    "{tree}/a\nb",
)
WORK: tuple[str, ...] = (
    "{tree}/app/a.py",
    "{tree}/new/deep/a.py",
    "{tree}/.env.example",
    "{tree}/.gitignore",
    "{tree}/in-link/a.py",
    "{tree}/app/../b.py",
    "../p.worktrees/ab12/L1-001/app/a.py",
    "{trees}/L1-002/app/a.py",
)


@pytest.mark.parametrize("path", ATTACKS)
def test_no_path_outside_of_a_worktree_is_edited(path: str, trees: Trees) -> None:
    """The main tree, what looks like a worktree, and what is protected in one are all refused."""
    said = trees.judge("edit", given("edit", trees.fill(path)))

    assert said.startswith("no: batchpack's guard: "), said
    assert "; " in said


@pytest.mark.parametrize("path", WORK)
def test_a_worktree_is_worked_in(path: str, trees: Trees) -> None:
    """Every file of a task's worktree can be made and changed, however its path is written."""
    assert "ok" == trees.judge("edit", given("edit", trees.fill(path)))


def test_a_patch_names_worktrees_only(trees: Trees) -> None:
    """One path of a patch that leads into the main tree refuses all of it."""
    good = f"*** Add File: {trees.tree}/app/new.py"
    for line, expected in ((good, "ok"), ("*** Add File: app/new.py", "no: ")):
        text = f"*** Begin Patch\n{good}2\n+x\n{line}\n+x\n*** End Patch"
        assert trees.judge("apply_patch", given("apply_patch", text)).startswith(expected)


def test_another_agent_gets_nothing_of_it(trees: Trees) -> None:
    """For agents that build in the project, worktrees stay outside of it."""
    assert trees.ground.judge("builder", "edit", given("edit", f"{trees.tree}/app/a.py")).startswith("no: ")


def _to_main(trees: Trees) -> None:
    """Lead the worktree's `.git` to the project."""
    (trees.tree / ".git").write_text(f"gitdir: {trees.main}/.git\n")


def _to_another(trees: Trees) -> None:
    """Lead the worktree's `.git` to another task's record."""
    (trees.tree / ".git").write_text(f"gitdir: {trees.main}/.git/worktrees/L1-002\n")


def _to_own(trees: Trees) -> None:
    """Lead the worktree's `.git` to a record in the worktree, which bears the mark and names the main tree."""
    shutil.copytree(trees.record, trees.tree / "records/worktrees/L1-001")
    (trees.tree / "records/worktrees/L1-001/gitdir").write_text(f"{trees.main}/.git\n")
    (trees.tree / ".git").write_text(f"gitdir: {trees.tree}/records/worktrees/L1-001\n")


def _as_link(trees: Trees) -> None:
    """Put a link in the place of the worktree's `.git`."""
    (trees.tree / ".git").rename(trees.tree / "git.txt")
    (trees.tree / ".git").symlink_to("git.txt")


def _as_folder(trees: Trees) -> None:
    """Make the worktree a repository of its own."""
    (trees.tree / ".git").unlink()
    shutil.copytree(trees.main / ".git", trees.tree / ".git")


def _moved(trees: Trees) -> None:
    """Put a link to another folder in the place of the worktree."""
    trees.tree.rename(trees.tree.with_name("gone"))
    trees.tree.symlink_to("gone")


def _unmarked(trees: Trees) -> None:
    """Take batchpack's mark away, as it does before it removes a worktree."""
    registry.unmark(trees.record)


def _not_ready(trees: Trees) -> None:
    """Say that the worktree is not wholly made."""
    registry.set_mark(trees.record, {"ready": False})


def _garbled(trees: Trees) -> None:
    """Leave something else in the mark's place."""
    (trees.record / registry.MARK).write_text(json.dumps(["ready"]))


def _around(trees: Trees) -> None:
    """Have a marked record be about a folder that holds the project."""
    (trees.record / "gitdir").write_text(f"{trees.main.parent}/.git\n")
    (trees.main.parent / ".git").write_text(f"gitdir: {trees.record}\n")


def _inside(trees: Trees) -> None:
    """Have a marked record be about a folder in the project."""
    (trees.main / "src/.git").write_text(f"gitdir: {trees.record}\n")
    (trees.record / "gitdir").write_text(f"{trees.main}/src/.git\n")


BREAKS = (
    _to_main, _to_another, _to_own, _as_link, _as_folder, _moved, _unmarked, _not_ready, _garbled, _around, _inside,
)  # fmt: skip


@pytest.mark.parametrize("break_it", BREAKS)
def test_what_does_not_agree_is_no_worktree(break_it: Callable[[Trees], None], fresh_trees: Trees) -> None:
    """A worktree that does not lead to its record, or whose record lacks the mark, opens nothing anywhere."""
    trees = fresh_trees
    assert "ok" == trees.judge("edit", given("edit", f"{trees.tree}/app/a.py"))
    break_it(trees)
    for path in (f"{trees.tree}/app/a.py", f"{trees.main}/src/a.py", f"{trees.main.parent}/a.py"):
        assert trees.judge("edit", given("edit", path)).startswith("no: "), path
    assert trees.judge("bash", {"command": f"cd {trees.tree} && touch x"}).startswith("no: ")


def test_relative_records_are_read(fresh_trees: Trees) -> None:
    """Newer gits may write the two paths relative to where they stand."""
    trees = fresh_trees
    (trees.record / "gitdir").write_text("../../../../p.worktrees/ab12/L1-001/.git\n")
    (trees.tree / ".git").write_text("gitdir: ../../../p/.git/worktrees/L1-001\n")

    assert "ok" == trees.judge("edit", given("edit", f"{trees.tree}/app/a.py"))


def test_a_session_in_a_linked_worktree_proves_nothing(trees: Trees) -> None:
    """Where `.git` is a file, an agent could have written it: no worktree is found from there."""
    assert around(str(trees.tree), Place(str(trees.tree), [])) is None
    said = trees.ground.judge("implementer", "edit", given("edit", f"{trees.tree}/app/a.py"), trees.tree)
    assert said.startswith("no: ")


def test_without_a_repository_nothing_is_found(tmp_path: Path) -> None:
    """A folder outside of git has no worktrees."""
    assert around(str(tmp_path), Place(str(tmp_path), [])) is None


def test_the_ground_is_as_the_table_says(trees: Trees, ground: Ground) -> None:
    """Every impostor is there, so that it is refused for what it is."""
    for name in ("looks", "plain", "by-hand", "foreign", "half"):
        assert (trees.tree.parent / name).is_dir(), name
    assert ground.project.folder != trees.main
