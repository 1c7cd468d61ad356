"""The session's end of the server that forks keepers: starts it, hands orders over, replaces one that died."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

from batchpack import process
from batchpack.local import server

WAIT_SECONDS = 5.0


class Starter:
    """A server and the socket to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start()

    def _start(self) -> None:
        """Start a server."""
        ours, theirs = server.pair()
        with theirs:
            try:
                self._process = self._program(theirs)
            except BaseException:
                ours.close()
                raise
        ours.settimeout(WAIT_SECONDS)
        self._channel = ours

    def _program(self, channel: socket.socket) -> process.Aside:
        """Run the server with this very Python, without what site packages would do to its start."""
        argv = (sys.executable, "-I", "-S", server.__file__)
        return process.Aside(argv, stdin=channel.fileno(), cwd=self._folder)

    @property
    def pid(self) -> int:
        """Return the server's process number."""
        return self._process.pid

    def alive(self) -> bool:
        """Tell whether the server runs."""
        return self._process.alive()

    def send(self, order: dict[str, Any]) -> bool:
        """Hand an order over; tells whether the server lived to take it, which is not yet to carry it out."""
        try:
            server.send(self._channel, order)
        except OSError:
            return False
        return True

    def replace(self) -> None:
        """Start another server in place of one that died."""
        self.close()
        self._start()

    def close(self) -> None:
        """Let the server end when it has forked what was handed over; one that hangs is killed."""
        self._channel.close()
        self._process.await_end(WAIT_SECONDS)
