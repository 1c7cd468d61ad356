"""What files hold, told short."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batchpack.worktrees import contents


def test_content_mode_and_kind_differ(tmp_path: Path) -> None:
    """Other content, another mode, a link, a folder, a pipe and nothing are all told apart; time alone is nothing."""
    file = tmp_path / "file"
    seen = [contents.digest(file)]
    file.write_text("one")
    seen.append(contents.digest(file))
    os.utime(file, (1, 1))
    assert seen[-1] == contents.digest(file)
    file.write_text("two")
    seen.append(contents.digest(file))
    file.chmod(0o755)
    seen.append(contents.digest(file))
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "pipe")
    seen += [contents.digest(path) for path in (tmp_path / "link", tmp_path, tmp_path / "pipe", file / "below")]

    assert len(seen) == len(set(seen))


def test_large_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is told by size and times, so that it costs nothing."""
    monkeypatch.setattr(contents, "LARGE", 10)
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10)
    before = contents.digest(file)
    os.utime(file, (1, 1))

    assert before != contents.digest(file)
