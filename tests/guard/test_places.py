"""Paths are judged where they lead, from the project around the call."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.guard.places import Place, checked, is_protected
from batchpack.guard.refusal import Refused
from batchpack.protected import PROTECTED_FOLDERS


def make(base: Path, *folders: str) -> Path:
    """Make a repository with folders, and return it."""
    for folder in (".git", *folders):
        (base / folder).mkdir(parents=True)
    return base


def test_the_root_is_the_nearest_repository(tmp_path: Path) -> None:
    """The project is found from a folder below; a repository inside it is a project of its own."""
    root = make(tmp_path / "p", "a/b", "inner/.git")

    assert str(root) == Place(str(root / "a/b"), []).root
    assert str(root / "inner") == Place(str(root / "inner"), []).root
    assert ["a/b/x"] == Place(str(root / "a/b"), []).below("x")
    assert ["x"] == Place(str(root / "a/b"), []).below("../../x")


def test_a_linked_work_tree_is_a_project(tmp_path: Path) -> None:
    """`.git` may be a file."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/.git").write_text("gitdir: /x\n")

    assert str(tmp_path / "tree") == Place(str(tmp_path / "tree"), []).root


def test_a_folder_that_is_reached_through_a_link(tmp_path: Path) -> None:
    """A call from a linked folder edits the real project, and protected names count in both."""
    root = make(tmp_path / "p", "src", "real-settings")
    (tmp_path / "link").symlink_to(root)
    (root / ".opencode").symlink_to("real-settings")
    place = Place(str(tmp_path / "link"), [])

    assert ["src/a"] == place.below("src/a")
    assert ["src/a"] == place.below(str(tmp_path / "link/src/a"))
    for path in (".opencode/x", "real-settings/x", str(root / "real-settings/x"), str(tmp_path / "link/.opencode/x")):
        with pytest.raises(Refused):
            place.below(path)


def test_the_packs_own_folders_are_closed(tmp_path: Path) -> None:
    """What the policy names as the pack's own is closed inside the project too, in any letter case."""
    root = make(tmp_path / "p", "tools/pack")
    place = Place(str(root), [str(root / "tools/pack"), "relative"])

    assert ["tools/x"] == place.below("tools/x")
    assert ["relative/x"] == place.below("relative/x")
    for path in ("tools/pack/x", "tools/PACK/x", "tools/pack"):
        with pytest.raises(Refused):
            place.below(path)


def test_an_environment_around_the_project_counts_in_part(tmp_path: Path) -> None:
    """A project in /usr/src can be edited though /usr is the interpreter's; its programs and libraries cannot."""
    make(tmp_path / "usr/src/app")
    own = ["/nowhere", str(tmp_path / "usr/lib/pack"), str(tmp_path / "usr")]

    assert ["a"] == Place(str(tmp_path / "usr/src/app"), own).below("a")
    root = make(tmp_path / "environment")
    with pytest.raises(Refused):
        Place(str(root), ["/nowhere", str(root)]).below("bin/python")


def test_a_hosts_folder_around_the_project_counts_whole(tmp_path: Path) -> None:
    """An agent in the host's own folder edits nothing there, but for a work tree that the host made for it."""
    host = tmp_path / "home/.claude"
    make(host / "worktrees/agent-1")
    make(host / "other")

    assert ["a"] == Place(str(host / "worktrees/agent-1"), [str(host)]).below("a")
    with pytest.raises(Refused):
        Place(str(host / "other"), [str(host)]).below("a")


@pytest.mark.parametrize("cwd", [None, 3, "", ".", "/nowhere/at/all", "/etc/passwd", "/\0", ["/"]])
def test_a_call_needs_its_folder(cwd: object) -> None:
    """A folder that is none is refused."""
    with pytest.raises(Refused):
        Place(cwd, [])


def test_the_whole_disk_is_no_project() -> None:
    """From the disk's root nothing is edited."""
    with pytest.raises(Refused):
        Place("/", []).below("tmp/x")


@pytest.mark.parametrize("folder", PROTECTED_FOLDERS)
def test_protected_folders_are_closed_at_the_root_and_below(folder: str) -> None:
    """A protected folder is closed itself, with all in it, at any depth; longer names are open."""
    for path in (folder, f"{folder}/x", f"a/b/{folder}/x/y"):
        assert is_protected(path)
    for path in (f"x{folder}/a", f"{folder}x/a"):
        assert not is_protected(path)


def test_a_path_that_two_readers_read_differently_is_refused() -> None:
    """Spaces around, `~`, backslashes, addresses and what cannot be printed are refused; spaces inside are fine."""
    assert "a b/\u00e9.md" == checked("a b/\u00e9.md")
    for path in (" a", "a ", "~/a", "a\\b", "file:a", "a\nb", "\ud800", "", "\u202e", "a\u00a0"):
        with pytest.raises(Refused):
            checked(path)
