"""The program that forks keepers: one small process a session, so that an attempt costs no start of Python.

It is run as `python -I -S <this file>`, with a socket as standard input on which orders come: four bytes of length,
then JSON. It ends with the socket; the keepers go on.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from typing import Any

PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FORK_TRIES, FORK_PAUSE = 50, 0.2


def _exactly(channel: socket.socket, size: int) -> bytes:
    """Read so many bytes; fewer at the end of the channel."""
    data = b""
    while len(data) < size and (piece := channel.recv(min(size - len(data), 1 << 20))):
        data += piece
    return data


def receive(channel: socket.socket) -> dict[str, Any] | None:
    """Return the next order, None at the end; one that was cut off is none."""
    head = _exactly(channel, 4)
    size = int.from_bytes(head, "big")
    body = _exactly(channel, size) if len(head) == 4 else b""
    return json.loads(body) if body and len(body) == size else None


def send(channel: socket.socket, order: dict[str, Any]) -> None:
    """Send an order. Raises OSError where nobody takes it."""
    body = json.dumps(order).encode()
    channel.sendall(len(body).to_bytes(4, "big") + body)


def serve() -> None:
    """Fork a keeper for each order."""
    from batchpack.local.keeper import keep

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as channel:
        while (order := receive(channel)) is not None:
            if _fork() == 0:
                channel.close()
                _turn(order, keep)


def _fork() -> int:
    """Fork, waiting where the machine has no room for a process just now. Raises OSError in the end."""
    for _ in range(FORK_TRIES):
        try:
            return os.fork()
        except OSError:
            time.sleep(FORK_PAUSE)
    return os.fork()


def _turn(order: dict[str, Any], keep: Any) -> None:
    """Become a keeper and end with it."""
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        keep(order)
    except OSError:
        os._exit(1)
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.path.append(PACKAGES)
    serve()
