"""What a program writes, taken to a file that holds its beginning and its end; the standard library alone."""

from __future__ import annotations

import os

CHUNK = 65536
MARK = b"\n[... %015d bytes are left out here ...]\n"
MARK_SIZE = len(MARK % 0)


class Stream:
    """A pipe to write to and the file that its content goes to, of at most `limit` bytes at the end.

    While it is written the file may be half as long again; then its middle is dropped, and a line says how much.
    A disk that is full costs output, never the program's progress: `trouble` says so.
    """

    def __init__(self, path: str, limit: int) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self._head = limit // 2
        self._tail = max(limit - self._head - MARK_SIZE, 0)
        self._limit, self._size, self._dropped = limit, 0, 0
        self.trouble = ""

    def pump(self) -> bool:
        """Take over what stands in the pipe; tells whether more may come."""
        try:
            data = os.read(self.reader, CHUNK)
        except BlockingIOError:
            return True
        if data:
            self._take(data)
        return bool(data)

    def drain(self) -> None:
        """Take over what is left in the pipe without waiting for those who hold its other end."""
        while True:
            try:
                data = os.read(self.reader, CHUNK)
            except BlockingIOError:
                return
            if not data:
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        """Append to the file."""
        try:
            while data:
                written = os.pwrite(self._file, data, self._size)
                self._size += written
                data = data[written:]
            if self._size > self._limit + max(self._tail, CHUNK):
                self._shorten()
        except OSError as error:
            self.trouble = f"its output could not be written: {error.strerror}"

    def _shorten(self) -> None:
        """Drop the middle: beginning, a line that says how much is missing, end."""
        kept = self._head + (MARK_SIZE if self._dropped else 0)
        self._dropped += max(self._size - kept - self._tail, 0)
        source, target = self._size - self._tail, self._head + MARK_SIZE
        while source < self._size:
            piece = os.pread(self._file, min(1 << 20, self._size - source), source)
            os.pwrite(self._file, piece, target)
            source, target = source + len(piece), target + len(piece)
        os.pwrite(self._file, MARK % self._dropped, self._head)
        os.ftruncate(self._file, target)
        self._size = target

    def finish(self) -> None:
        """Bring the file to its last length and to the disk."""
        try:
            if self._size > self._limit:
                self._shorten()
            if self._size:
                os.fsync(self._file)
        except OSError as error:
            self.trouble = f"its output could not be written: {error.strerror}"

    def close_writer(self) -> None:
        """Close our copy of the end that the program writes to."""
        os.close(self.writer)
        self.writer = -1

    def close(self) -> None:
        """Close the file and the pipe."""
        for handle in (self._file, self.reader, self.writer):
            if handle >= 0:
                os.close(handle)
