"""The server: a port of this machine, an address with a token that nobody can guess, and its end by Ctrl-C."""

from __future__ import annotations

import errno
import secrets
import signal
import socket
from types import FrameType
from typing import NamedTuple

from batchpack.dashboard.news import News
from batchpack.dashboard.runs import Runs
from batchpack.errors import BatchpackError

HOST = "127.0.0.1"
WAITING = 64
"""Requests that may wait to be taken."""


class Place(NamedTuple):
    """Where the dashboard is served."""

    socket: socket.socket
    token: str

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self.socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Return the address of the page of all runs; who has it sees them."""
        return f"http://{HOST}:{self.port}/{self.token}/"


def take(port: int) -> Place:
    """Take a port (0: one that is free) and make a token; raises BatchpackError where the port cannot be had."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen(WAITING)
    except OSError as error:
        made.close()
        used = "in use" if error.errno == errno.EADDRINUSE else f"not to be had: {error.strerror}"
        raise BatchpackError(f"port {port} is {used}", "leave --port out: a free one is taken then") from error
    return Place(made, secrets.token_urlsafe(24))


class Server:
    """Serves runs at a place; made before the address is told, so that Ctrl-C ends it well from then on."""

    def __init__(self, place: Place, runs: Runs, news: News) -> None:
        import uvicorn

        from batchpack.dashboard.gate import Gate
        from batchpack.dashboard.site import Site

        gate = Gate(Site(runs, news).application(), place.token)
        config = uvicorn.Config(
            gate, log_config=None, log_level="critical", access_log=False, lifespan="off", ws="none",
            server_header=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._place, self._news, self._server = place, news, uvicorn.Server(config)
        signal.signal(signal.SIGINT, self._end)

    def run(self) -> None:
        """Serve until Ctrl-C; the news are told when what is shown may be out of date."""
        with self._place.socket:
            self._news.begin()
            self._server.run(sockets=[self._place.socket])

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """End as soon as it has begun; while it serves, Ctrl-C is uvicorn's own affair."""
        self._server.should_exit = True
