"""The program that forks keepers: one small process a session, so that an attempt costs no start of Python.

It is run as `python -I -S <this file>`, with a socket as standard input on which orders come, one a message. A keeper
whose attempt has ended waits at the same socket for another, for a few seconds: then it costs no fork either. All end
with the socket, those at work when their work is done.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchpack.local.keeper import Keeper

PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KIND = socket.SOCK_SEQPACKET if sys.platform.startswith("linux") else socket.SOCK_DGRAM
LARGEST = 32_000
"""Bytes of a message; a larger order goes through a file in the attempt's folder."""
ORDER = "order"
IDLE_SECONDS = 3
FORK_TRIES, FORK_PAUSE = 50, 0.2


def pair() -> tuple[socket.socket, socket.socket]:
    """Make a channel for orders: the session's end and the server's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, KIND)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", IDLE_SECONDS, 0))
    return ours, theirs


def send(channel: socket.socket, order: dict[str, Any]) -> None:
    """Send an order. Raises OSError where nobody takes it."""
    body = json.dumps(order).encode()
    if len(body) > LARGEST:
        Path(order["folder"], ORDER).write_bytes(body)
        body = json.dumps({"folder": order["folder"]}).encode()
    channel.send(body)


def receive(channel: socket.socket) -> dict[str, Any] | None:
    """Return the next order, None at the end of the channel. Raises BlockingIOError where none comes for long."""
    try:
        body = channel.recv(2 * LARGEST)
    except ConnectionError:
        return None
    if not body:
        return None
    order: dict[str, Any] = json.loads(body)
    if "argv" not in order:
        path = Path(order["folder"], ORDER)
        order = json.loads(path.read_bytes())
        path.unlink()
    return order


def serve() -> None:
    """Fork a keeper for each order that no idle one takes."""
    from batchpack.local.keeper import Keeper

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()  # what is never collected is never copied for a keeper
    gc.disable()
    with socket.socket(fileno=os.dup(0)) as channel:
        while True:
            try:
                order = receive(channel)
            except (BlockingIOError, FileNotFoundError):
                continue
            if order is None:
                return
            if _fork() == 0:
                _work(channel, order, Keeper)


def _fork() -> int:
    """Fork, waiting where the machine has no room for a process just now. Raises OSError in the end."""
    for _ in range(FORK_TRIES):
        try:
            return os.fork()
        except OSError:
            time.sleep(FORK_PAUSE)
    return os.fork()


def _work(channel: socket.socket, order: dict[str, Any] | None, make: type[Keeper]) -> None:
    """Become a keeper: carry out orders until there are none, and end."""
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        keeper = make()
        while order is not None and keeper.keep(order):
            order = receive(channel)
    except OSError:
        os._exit(1)
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.path.append(PACKAGES)
    serve()
