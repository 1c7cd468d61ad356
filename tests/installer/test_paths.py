"""Where a host's paths lie: links are followed only where they may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import UnsafePath
from batchpack.installer.paths import DanglingLink, FileInTheWay, leads_out, locate, locate_settings, parents
from batchpack.values import Target


@pytest.fixture
def target(base: Path) -> Target:
    """Make a project's target."""
    return Target("toy", "project", base, base / ".toy")


@pytest.mark.parametrize("path", ["../x", "/x", ".toy/../../x", "", ".", "a\0b"])
def test_a_path_that_is_no_plain_one_is_refused(target: Target, path: str) -> None:
    """Neither files nor settings leave the base."""
    for find in (locate, locate_settings):
        with pytest.raises(UnsafePath):
            find(target, path)


def test_the_folders_own_link_is_followed_and_no_other(target: Target, home: Path) -> None:
    """Files stay inside the folder that the config folder's link leads to."""
    (home / "real").mkdir()
    target.folder.symlink_to(home / "real")
    assert target.folder / "agent/one.md" == locate(target, ".toy/agent/one.md")
    assert home / "real" == leads_out(target)

    (home / "real/agent").symlink_to(home)
    with pytest.raises(UnsafePath):
        locate(target, ".toy/agent/one.md")


def test_a_settings_file_may_be_a_link_within_the_base(target: Target, base: Path, home: Path) -> None:
    """One that leads out of it is refused, one that leads nowhere is told."""
    (base / "real.json").write_text("{}")
    target.folder.mkdir()
    link = target.folder / "settings.json"
    link.symlink_to(base / "real.json")
    assert base / "real.json" == locate_settings(target, ".toy/settings.json")

    link.unlink()
    link.symlink_to(home)
    with pytest.raises(UnsafePath):
        locate_settings(target, ".toy/settings.json")
    link.unlink()
    link.symlink_to("nothing")
    with pytest.raises(DanglingLink, match="nothing, which does not exist"):
        locate_settings(target, ".toy/settings.json")


def test_a_file_in_a_folders_place_is_told(target: Target, base: Path) -> None:
    """It is named."""
    (base / ".toy").write_text("")
    with pytest.raises(FileInTheWay, match="is a file, and a folder is needed there"):
        locate(target, ".toy/agent/one.md")


def test_parents_come_outermost_first() -> None:
    """The folders on the way, without the base."""
    assert ["a", "a/b"] == list(parents("a/b/c"))
    assert [] == list(parents("c"))
