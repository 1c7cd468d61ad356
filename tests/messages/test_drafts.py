"""Tests of drafts: whole or absent, also on a disk that fills."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from batchpack.errors import Unwritable
from batchpack.messages import drafts


def test_a_published_draft_is_the_file(tmp_path: Path) -> None:
    """What was written stands at the place, and no draft beside it."""
    path = tmp_path / "deep" / "file"
    with drafts.draft(path) as stream:
        drafts.write(stream, b"whole")
        drafts.publish(stream, path)

    assert [(path, b"whole")] == [(one, one.read_bytes()) for one in path.parent.iterdir()]


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """An error on the way leaves the old file and nothing else."""
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(TypeError), drafts.draft(path) as stream:
        drafts.write(stream, [b"new", 1])  # type: ignore[arg-type]

    assert {"file": "old"} == {one.name: one.read_text() for one in tmp_path.iterdir()}


def full(path: Path) -> str:
    """Write more than there is room for; returns what was said."""
    try:
        with drafts.draft(path) as stream:
            for _ in range(10):
                drafts.write(stream, b"x" * 5000)
            drafts.publish(stream, path)
    except Unwritable as error:
        return error.message
    return "it was written"


def test_a_disk_that_fills_is_told(tmp_path: Path) -> None:
    """A write that takes only a part is followed by one that fails: never a file that is cut."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_345, 12_345))
        os._exit(0 if "cannot write" in full(tmp_path / "file") else 1)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert [] == list(tmp_path.iterdir())


def test_drafts_of_the_dead_are_swept(tmp_path: Path) -> None:
    """What a killed process left goes, what is published stays."""
    (tmp_path / ".file.abc.tmp").write_text("half")
    (tmp_path / "file").write_text("whole")
    drafts.sweep(tmp_path)

    assert ["file"] == [one.name for one in tmp_path.iterdir()]
