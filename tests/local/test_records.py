"""The files of an attempt's folder: locks, keeper, verdict."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from batchpack.local import records


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    """Who comes second gets nothing, until the first lets go."""
    first = records.lock(str(tmp_path))
    second = records.lock(str(tmp_path), tries=2)
    assert first is not None
    os.close(first)
    third = records.lock(str(tmp_path))

    assert second is None
    assert third is not None
    os.close(third)


def test_a_keeper_becomes_a_verdict(tmp_path: Path) -> None:
    """What was known of the keeper is replaced by the end, under another name."""
    handle = records.begin(str(tmp_path), {"pid": 7})
    known = records.read(str(tmp_path), records.KEEPER)
    records.finish(str(tmp_path), handle, {"state": "done", "detail": "x" * 5000})
    os.close(handle)

    verdict = records.read(str(tmp_path), records.VERDICT)
    assert {"pid": 7} == known
    assert {"state": "done", "detail": "x" * records.DETAIL} == verdict
    assert [records.VERDICT] == [path.name for path in tmp_path.iterdir()]


def test_a_second_keeper_cannot_begin(tmp_path: Path) -> None:
    """The file of a keeper is made once."""
    os.close(records.begin(str(tmp_path), {}))

    with pytest.raises(FileExistsError):
        records.begin(str(tmp_path), {})


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 5000, b'{"a": 1}' + b" " * 9000 + b"x"])
def test_what_makes_no_sense_is_empty(tmp_path: Path, content: bytes) -> None:
    """A file that somebody broke gives no facts and no error."""
    (tmp_path / records.VERDICT).write_bytes(content)
    facts: dict[str, Any] = {} if b"a" not in content else {"a": 1}

    assert facts == records.read(str(tmp_path), records.VERDICT)


def test_no_link_is_followed_and_no_pipe_waited_for(tmp_path: Path) -> None:
    """Links and pipes in the place of a verdict are no verdict."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / records.VERDICT).symlink_to("/etc/hostname")
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / records.VERDICT)

    assert [{}, {}, None] == [records.read(str(tmp_path / name), records.VERDICT) for name in "abc"]


def test_ringing_where_nobody_listens_is_no_error(tmp_path: Path) -> None:
    """A keeper does not mind that its session is gone, or that the pipe is no pipe."""
    os.mkfifo(tmp_path / "bell")
    (tmp_path / "file").write_text("")

    for name in ("bell", "none"):
        records.wake(str(tmp_path / name), "t-1")
    assert not records.present(str(tmp_path), "none")
