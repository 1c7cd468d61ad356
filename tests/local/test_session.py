"""A session of the local engine: attempts begin once, end once, and are told once."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, Busy, UsageError
from batchpack.local.session import LocalSession
from tests.local.ground import attempt, ends, play


def test_an_attempt_is_carried_out_to_its_end(tmp_path: Path) -> None:
    """Code, output, error and times of a program come back."""
    (tmp_path / "prompt").write_text("hello")
    work = attempt(tmp_path, "cat; echo $WORD >&2; pwd; exit 3", stdin=tmp_path / "prompt", env={"WORD": "no"})

    (end,) = play(tmp_path / "run", work).values()

    assert ("r.t.1", "done", 3, False, "") == (end.id, end.state, end.code, end.timed_out, end.detail)
    assert end.out is not None
    assert end.err is not None
    assert end.started is not None
    assert end.ended is not None
    assert f"hello{tmp_path}\n" == end.out.read_text()
    assert "no\n" == end.err.read_text()
    assert 0 <= end.ended - end.started < 20


def test_to_submit_twice_is_to_submit_once(tmp_path: Path) -> None:
    """An id is begun once, within a session, at the same time and in later sessions."""

    async def twice() -> int:
        session = LocalSession(tmp_path / "run", "r")
        await asyncio.gather(*(session.submit(attempt(tmp_path, "echo x >> count")) for _ in range(5)))
        found = len(await ends(session)) + len(await session.changed(0.2))
        await session.submit(attempt(tmp_path, "echo x >> count"))
        await session.close(stop_running=True)
        return found

    first, second = (asyncio.run(twice()) if number == 0 else _again(tmp_path) for number in range(2))

    assert (1, 0) == (first, second)
    assert "x\n" == (tmp_path / "count").read_text()


def _again(folder: Path) -> int:
    """Submit the same in a later session; returns how many ends it tells."""

    async def later() -> int:
        session = LocalSession(folder / "run", "r")
        await session.submit(attempt(folder, "echo x >> count"))
        found = await session.changed(0.2)
        await session.close(stop_running=True)
        return len(found)

    return asyncio.run(later())


def test_what_runs_is_adopted(tmp_path: Path) -> None:
    """A session that leaves lets attempts run on; the next one tells their ends, once."""
    script = "while [ ! -e go ]; do sleep 0.02; done; echo x >> count"

    async def leave() -> None:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, script))
        await session.close(stop_running=False)

    async def take_over() -> list[str]:
        session = LocalSession(tmp_path / "run", "r")
        running = (await session.snapshot())["r.t.1"].state
        (tmp_path / "go").touch()
        (end,) = (await ends(session)).values()
        none = await session.changed(0.1)
        after = (await session.snapshot())["r.t.1"].state
        await session.close(stop_running=False)
        return [running, end.state, str(none), after]

    asyncio.run(leave())
    assert asyncio.run(take_over()) in (["running", "done", "[]", "done"], ["queued", "done", "[]", "done"])
    assert "x\n" == (tmp_path / "count").read_text()


def test_an_end_in_the_hand_of_one_who_dies_is_told_again(tmp_path: Path) -> None:
    """An end counts as taken only when its receiver comes back for more."""

    async def receive(*, patience: float, come_back: bool) -> int:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "true"))
        found = await session.changed(patience)
        if come_back:
            await session.changed(0)
        await session.close(stop_running=False)
        return len(found)

    ways = [(30.0, False), (30.0, True), (0.2, True)]
    assert [1, 1, 0] == [asyncio.run(receive(patience=patience, come_back=come_back)) for patience, come_back in ways]


def test_an_id_must_belong_to_the_run(tmp_path: Path) -> None:
    """An attempt of another run, or with a path for a task, is refused."""
    for task, run in (("t", "other"), ("../t", "r")):
        strange = attempt(tmp_path, "true", task=task)

        async def submit(strange: object = strange, run: str = run) -> None:
            session = LocalSession(tmp_path / "run", run)
            try:
                await session.submit(strange)  # type: ignore[arg-type]
            finally:
                await session.close(stop_running=True)

        with pytest.raises(UsageError, match=r"run\.task\.number|does not belong"):
            asyncio.run(submit())


@pytest.mark.parametrize("name", ["verdict", "keeper", "cancel"])
def test_a_folder_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    """A verdict that lies there before its attempt was submitted is believed by nobody, nor is a word to end heeded."""
    folder = tmp_path / "run" / "attempts" / "t-1"
    folder.mkdir(parents=True)
    (folder / name).write_text('{"state": "done", "code": 0}')

    with pytest.raises(BatchpackError, match="does not know"):
        play(tmp_path / "run", attempt(tmp_path, "true"))


def test_one_session_at_a_time(tmp_path: Path) -> None:
    """A run that a session has open is refused to another."""

    async def two() -> None:
        session = LocalSession(tmp_path, "r")
        try:
            LocalSession(tmp_path, "r")
        finally:
            await session.close(stop_running=True)

    with pytest.raises(Busy):
        asyncio.run(two())


def test_a_log_is_read_while_it_is_written(tmp_path: Path) -> None:
    """Output comes in pieces, empty at its present end and for what is no attempt."""

    async def follow() -> list[bytes]:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two"))
        while not session.log("r.t.1", "out", 0):
            await asyncio.sleep(0.01)
        pieces = [session.log("r.t.1", "out", 0, 2), session.log("r.t.1", "out", 4), session.log("r.../x.1", "out", 0)]
        (tmp_path / "go").touch()
        await ends(session)
        pieces.append(session.log("r.t.1", "out", 4))
        await session.close(stop_running=True)
        return pieces

    assert [b"on", b"", b"", b"two\n"] == asyncio.run(follow())


def test_cancelling_ends_all_processes(tmp_path: Path) -> None:
    """A cancelled attempt ends with what it started, and says so; one that is not there is no error."""

    async def cancel() -> str:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "setsid sh -c 'echo > up; sleep 60; echo > late' & sleep 61"))
        while not (tmp_path / "up").exists():
            await asyncio.sleep(0.01)
        await session.cancel("r.t.1")
        await session.cancel("r.none.1")
        (end,) = (await ends(session)).values()
        await session.close(stop_running=True)
        return end.state

    assert "cancelled" == asyncio.run(cancel())


def test_closing_can_stop_what_runs(tmp_path: Path) -> None:
    """A session that stops what runs leaves no process; the next one tells that it was cancelled."""

    async def stop() -> None:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "sleep 60"))
        await session.close(stop_running=True)

    asyncio.run(stop())
    (end,) = play_nothing(tmp_path / "run")

    assert ("r.t.1", "cancelled") == end


def play_nothing(folder: Path) -> list[tuple[str, str]]:
    """Open a session only to hear what ended before it."""

    async def listen() -> list[tuple[str, str]]:
        session = LocalSession(folder, "r")
        found = await session.changed(0.1)
        await session.close(stop_running=False)
        return [(status.id, status.state) for status in found]

    return asyncio.run(listen())


def test_without_a_bell_it_looks(tmp_path: Path) -> None:
    """Where no named pipe can be, ends are found by looking."""
    (tmp_path / "run" / "attempts" / ".bell").mkdir(parents=True)

    (end,) = play(tmp_path / "run", attempt(tmp_path, "exit 5")).values()

    assert ("done", 5) == (end.state, end.code)


def test_an_end_outlives_who_asked_for_it(tmp_path: Path) -> None:
    """One who gives up waiting loses nothing: the next who asks is told."""

    async def give_up() -> list[str]:
        session = LocalSession(tmp_path / "run", "r")
        await session.submit(attempt(tmp_path, "sleep 0.3"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(session.changed(20), 0.1)
        found = await ends(session)
        await session.close(stop_running=True)
        return [status.state for status in found.values()]

    assert ["done"] == asyncio.run(give_up())


def test_many_at_once_are_written_together(tmp_path: Path) -> None:
    """Attempts submitted at the same time all begin and all end."""
    works = [attempt(tmp_path, f"exit {number}", task=f"t{number}") for number in range(40)]

    found = play(tmp_path / "run", *works)

    assert {f"r.t{number}.1": number for number in range(40)} == {name: end.code for name, end in found.items()}
