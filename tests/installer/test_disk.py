"""New contents beside their places, then in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.installer import disk

TX = "0123abcd"


def test_a_content_waits_beside_its_place(tmp_path: Path) -> None:
    """Nothing has its name before it is settled; then it has its bytes and mode."""
    path = tmp_path / "x.md"
    disk.stage([disk.Content(path, b"new", 0o755)], TX)
    assert [disk.temporary(path, TX)] == list(tmp_path.iterdir())

    disk.settle([path], TX)
    assert (b"new", 0o755) == (path.read_bytes(), path.stat().st_mode & 0o777)


def test_what_waits_can_be_cleared(tmp_path: Path) -> None:
    """Also where it never was, or its folder is gone."""
    path = tmp_path / "x.md"
    disk.stage([disk.Content(path, b"new", 0o644)], TX)
    disk.clear([path, path, tmp_path / "none/y.md"], TX)
    assert [] == list(tmp_path.iterdir())


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    """A link at the waiting place is an error."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    disk.temporary(tmp_path / "x.md", TX).symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        disk.stage([disk.Content(tmp_path / "x.md", b"new", 0o644)], TX)
    assert "mine" == victim.read_text()


def test_only_plain_files_have_fingerprints(tmp_path: Path) -> None:
    """A link or a folder is somebody's; nothing is None."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    found = [disk.look(tmp_path / name) for name in ("file", "link", ".", "none", "file/x")]
    assert [64, "somebody's", "somebody's", None, None] == [len(found[0] or ""), *found[1:]]
