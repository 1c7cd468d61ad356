"""The server: its port, its token, its end."""

from __future__ import annotations

import socket

import pytest

from batchpack.dashboard import server
from batchpack.errors import BatchpackError
from tests.support.dashboards import served
from tests.support.project import Project


def test_a_port_is_taken_once() -> None:
    """One in use is told, with what to do; the first goes on listening."""
    with server.take(0).socket as first:
        port = first.getsockname()[1]
        with pytest.raises(BatchpackError, match=f"port {port} is in use") as told:
            server.take(port)
        assert "leave --port out: a free one is taken then" == told.value.hint
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_every_address_is_another() -> None:
    """A token has 192 random bits and nothing that an address must escape."""
    places = [server.take(0) for _ in range(20)]
    tokens = {place.token for place in places}
    for place in places:
        place.socket.close()

    assert 20 == len(tokens)
    assert all(32 == len(token) and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_it_ends_at_once_though_somebody_is_connected(project: Project) -> None:
    """Ctrl-C ends it with 0 and in silence, beside a connection that is kept and one that never said anything."""
    with served(project) as site:
        idle = socket.create_connection(("127.0.0.1", site.port), timeout=5)
        kept = socket.create_connection(("127.0.0.1", site.port), timeout=5)
        kept.sendall(f"GET {site.base} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert kept.recv(12) == b"HTTP/1.1 200"
    idle.close()
    kept.close()


def test_it_ends_though_it_has_hardly_begun(project: Project) -> None:
    """Ctrl-C right behind the address, before a page can be served, ends it in the same way."""
    with served(project) as site:
        assert site.process.poll() is None
