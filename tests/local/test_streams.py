"""Output to files: beginning and end are kept, and the program is never held up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.local.streams import CHUNK, MARK, MARK_SIZE, Stream


def taken(path: Path | str, limit: int, pieces: list[bytes]) -> Stream:
    """Write pieces through a stream; returns it finished and closed."""
    stream = Stream(str(path), limit)
    for piece in pieces:
        os.write(stream.writer, piece)
        assert stream.pump()
    stream.close_writer()
    assert not stream.pump()
    stream.drain()
    stream.finish()
    stream.close()
    return stream


def test_what_fits_is_kept_whole(tmp_path: Path) -> None:
    """Output up to the limit stands in the file as it came."""
    taken(tmp_path / "out", 10, [b"hello", b"world"])

    assert b"helloworld" == (tmp_path / "out").read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.lists(st.integers(1, 60_000), max_size=8))
def test_beginning_and_end_are_kept(tmp_path_factory: pytest.TempPathFactory, limit: int, sizes: list[int]) -> None:
    """Of any output, head and tail stand in the file, with a line between that tells how many bytes are missing."""
    path = tmp_path_factory.mktemp("s") / "out"
    whole = bytes(at % 251 for at in range(sum(sizes)))
    starts = [sum(sizes[:at]) for at in range(len(sizes))]

    taken(path, limit, [whole[start : start + size] for start, size in zip(starts, sizes, strict=True)])

    found, head = path.read_bytes(), limit // 2
    tail = max(limit - head - MARK_SIZE, 0)
    middle = MARK % (len(whole) - head - tail)
    assert found == (whole if len(whole) <= limit else whole[:head] + middle + whole[len(whole) - tail :])


def test_a_flood_does_not_fill_the_disk(tmp_path: Path) -> None:
    """While it is written the file stays within one and a half of its limit and a piece."""
    stream = Stream(str(tmp_path / "out"), 200_000)
    largest = 0
    for _ in range(100):
        os.write(stream.writer, b"x" * CHUNK)
        stream.pump()
        largest = max(largest, (tmp_path / "out").stat().st_size)
    stream.finish()
    stream.close()

    assert 200_000 < largest <= 300_000 + 2 * CHUNK
    assert 200_000 == (tmp_path / "out").stat().st_size


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_costs_output_alone() -> None:
    """Where nothing can be written the pipe is emptied all the same, and the trouble is told."""
    stream = taken("/dev/full", 1000, [b"x" * 10] * 3)

    assert "its output could not be written: No space left on device" == stream.trouble


def test_no_link_is_followed(tmp_path: Path) -> None:
    """A link that lies in an output's place leads nowhere."""
    (tmp_path / "mine").write_text("precious")
    (tmp_path / "out").symlink_to(tmp_path / "mine")

    with pytest.raises(OSError, match="symbolic"):
        Stream(str(tmp_path / "out"), 10)
    assert "precious" == (tmp_path / "mine").read_text()


def test_what_others_hold_open_is_not_waited_for(tmp_path: Path) -> None:
    """Draining ends when nothing stands in the pipe, though its other end is open."""
    stream = Stream(str(tmp_path / "out"), 10)
    os.write(stream.writer, b"abc")

    stream.drain()
    stream.close()

    assert b"abc" == (tmp_path / "out").read_bytes()
