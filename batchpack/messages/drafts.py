"""Files that are written over minutes and are whole or absent: a draft beside the place, renamed at the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from batchpack.errors import Unwritable
from batchpack.files import sync_folder


@contextlib.contextmanager
def draft(beside: Path) -> Iterator[IO[bytes]]:
    """Open a draft of a file, which is gone afterwards unless it was published; raises Unwritable."""
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=beside.parent, prefix=f".{beside.name}.", suffix=".tmp")
        os.close(handle)
    except OSError as error:
        raise Unwritable(beside, error.strerror or str(error)) from error
    try:
        with Path(name).open("w+b", buffering=0) as stream:
            yield stream
    except OSError as error:
        raise Unwritable(beside, error.strerror or str(error)) from error
    finally:
        Path(name).unlink(missing_ok=True)


def publish(stream: IO[bytes], path: Path) -> None:
    """Force a draft to disk and give it its name."""
    os.fchmod(stream.fileno(), 0o644)
    os.fsync(stream.fileno())
    Path(stream.name).replace(path)
    sync_folder(path.parent)


def write(stream: IO[bytes], data: bytes) -> None:
    """Write all of some bytes: a disk that fills takes a part of them without a word, and refuses the next."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]


def sweep(folder: Path) -> None:
    """Remove the drafts that a killed process left; for a folder in which nobody else writes."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)
