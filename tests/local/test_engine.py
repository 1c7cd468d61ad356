"""The local engine keeps the promises of an engine, whoever is killed."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from batchpack import engine, manager
from batchpack.local import family, records
from batchpack.local.session import LocalSession
from tests.local.ground import attempt, ends, until
from tests.local.kills import play

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")


def test_it_has_what_an_engine_has() -> None:
    """Name, title and a session with each method of the Protocol, arguments included."""
    local = manager.load().engines["local"]
    asked = {name: method for name, method in vars(engine.Session).items() if name[0] != "_"}

    assert ("local", "this machine") == (local.NAME, local.TITLE)
    assert asked.keys() == {name for name in vars(LocalSession) if name in asked}
    for name, method in asked.items():
        assert inspect.signature(method) == inspect.signature(getattr(LocalSession, name))


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_or_done_twice_whoever_is_killed(tmp_path: Path, seed: int) -> None:
    """Orchestrators, servers, keepers and programs are killed at random; every task ends once, none begins twice."""
    books = play(tmp_path, seed, tasks=24, kills=6, seconds=0.1)

    assert sum(books.kills.values()) >= 2


def test_a_server_that_dies_is_replaced(tmp_path: Path) -> None:
    """What it was handed is begun by another, once, and what runs goes on."""

    async def work() -> list[str]:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "echo x >> count; while [ ! -e go ]; do sleep 0.02; done"))
        await asyncio.to_thread(until, (tmp_path / "count").exists)
        server = next(pid for pid in family.descendants(os.getpid()) if _is_server(pid))  # the nearest first
        os.kill(server, signal.SIGSTOP)
        await session.submit(attempt(tmp_path, "echo x >> count", task="u"))
        os.kill(server, signal.SIGKILL)
        second = await ends(session)
        (tmp_path / "go").touch()
        first = await ends(session)
        await session.close(stop_running=True)
        return [f"{status.id} {status.code}" for status in (*second.values(), *first.values())]

    assert ["r.u.1 0", "r.t.1 0"] == asyncio.run(work())
    assert "x\nx\n" == (tmp_path / "count").read_text()


def _is_server(pid: int) -> bool:
    """Tell whether a process is a server."""
    return b"local/server.py" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_machine_that_was_started_anew(tmp_path: Path) -> None:
    """What ran when the machine went down is lost, said so, and no process that has its number now is touched."""

    async def leave() -> None:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "sleep 60"))
        await asyncio.to_thread(until, lambda: _keeper(tmp_path).get("child"))
        await session.close(stop_running=False)

    async def come_back() -> str:
        session = LocalSession(tmp_path / "run", "r")
        (status,) = (await ends(session)).values()
        await session.close(stop_running=True)
        return f"{status.state}: {status.detail}"

    asyncio.run(leave())
    keeper = _keeper(tmp_path)
    os.kill(keeper["pid"], signal.SIGKILL)
    until(lambda: not family.start_time(keeper["pid"]))
    with (tmp_path / "run" / "attempts" / "t-1" / records.KEEPER).open("r+b") as stream:
        records.write(stream.fileno(), {**keeper, "boot": "another"})

    assert "lost: the machine was started anew while it ran" == asyncio.run(come_back())
    assert family.tell(keeper["child"], signal.SIGKILL, keeper["child_start"])


def _keeper(folder: Path) -> dict[str, Any]:
    """Read the keeper's file."""
    return records.read(str(folder / "run" / "attempts" / "t-1"), records.KEEPER) or {}


def test_ten_thousand_attempts_need_little(tmp_path: Path) -> None:
    """A session over a long run holds only what has not ended."""

    async def fill() -> float:
        session = LocalSession(tmp_path / "run", "r")
        many = [attempt(tmp_path, "true", task=f"t{number}") for number in range(10_000)]
        gone = [engine.Status(one.id, "done", 0, 1.0, 2.0) for one in many]
        session._store.write(many, [])
        session._store.write([], gone)
        begun = time.monotonic()
        assert 10_000 == len(await session.snapshot())
        await session.close(stop_running=False)
        return time.monotonic() - begun

    assert asyncio.run(fill()) < 20
