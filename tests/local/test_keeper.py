"""A keeper: one program carried out to its verdict, in time, with all its processes, whatever dies when."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from batchpack.engine import Status
from batchpack.local import family, records
from batchpack.local.keeper import Keeper
from batchpack.local.watch import Watched
from tests.local.ground import attempt, play, until
from tests.support.killer import killed_at

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and subreapers")


def order(folder: Path, script: str, **changes: Any) -> dict[str, Any]:
    """Return an order for a shell script, with its folder made."""
    (folder / "t-1").mkdir(parents=True, exist_ok=True)
    words: dict[str, Any] = {
        "argv": ["/bin/sh", "-c", script],
        "cwd": str(folder),
        "env": {},
        "stdin": None,
        "timeout": 60.0,
    }
    return {"folder": str(folder / "t-1"), **words, "limit": 1000, "wake": str(folder / "bell"), **changes}


def _keep(words: dict[str, Any]) -> None:
    """Carry out an order."""
    Keeper().keep(words)


def begin(act: Callable[[], object]) -> int:
    """Do something in a forked process; returns its number."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return child


def end(folder: Path) -> Status:
    """Return the verdict of the attempt, which may be that it is lost."""
    watched = Watched("r.t.1", folder / "t-1", patience=0)
    found = watched.ended() or watched.bury()
    assert found is not None
    return found


def test_a_program_that_cannot_start(tmp_path: Path) -> None:
    """A missing program, folder or input, and a word with a NUL, end with code 127 and the reason."""
    odd: list[dict[str, Any]] = [
        {"argv": ("/no/such/program",)},
        {"cwd": tmp_path / "none"},
        {"stdin": tmp_path / "none"},
        {"argv": ("/bin/true", "a\0b")},
    ]
    works = [attempt(tmp_path, "true", number=at, **changes) for at, changes in enumerate(odd, 1)]

    found = play(tmp_path / "run", *works)

    assert [("done", 127)] * 4 == [(status.state, status.code) for status in found.values()]
    words = {number: found[f"r.t.{number}"].detail for number in range(1, 5)}
    assert "No such file or directory: '/no/such/program'" in words[1]
    assert "none" in words[2]
    assert "none" in words[3]
    assert "null byte" in words[4]


def test_time_is_limited(tmp_path: Path) -> None:
    """A program that heeds the request ends by it; the verdict says that its time was over."""
    (found,) = play(tmp_path / "run", attempt(tmp_path, "sleep 60", timeout=0.2)).values()

    assert ("done", -signal.SIGTERM, True) == (found.state, found.code, found.timed_out)


@LINUX
def test_who_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program, and its children in sessions of their own, that ignore the request are killed."""
    monkeypatch.setattr("batchpack.local.keeper.GRACE_SECONDS", 0.3)
    stubborn = "trap '' TERM; while :; do sleep 0.05; done"
    words = order(tmp_path, f'setsid sh -c "{stubborn}" & {stubborn}', timeout=0.3)

    os.waitpid(begin(lambda: Keeper().keep(words)), 0)

    found = end(tmp_path)
    assert ("done", -signal.SIGKILL, True) == (found.state, found.code, found.timed_out)
    assert [] == family.marked(words["folder"])


@LINUX
def test_what_a_program_leaves_behind_is_ended(tmp_path: Path) -> None:
    """Processes in the background end with their attempt, and it keeps the code of its program."""
    script = "setsid sh -c 'echo > up; exec sleep 60' & while [ ! -e up ]; do sleep 0.01; done; exit 4"
    words = order(tmp_path, script)

    os.waitpid(begin(lambda: Keeper().keep(words)), 0)

    assert ("done", 4, "") == (end(tmp_path).state, end(tmp_path).code, end(tmp_path).detail)
    assert [] == family.marked(words["folder"])


def test_a_program_begins_as_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the keeper does for itself is inherited, and variables are added and taken away."""
    script = "grep -E '^Sig(Blk|Ign)' /proc/self/status; echo $HELLO:${TAKEN-none}; ls /proc/self/fd"
    monkeypatch.setenv("TAKEN", "x")
    work = attempt(tmp_path, script, env={"HELLO": "a b", "TAKEN": None})

    (found,) = play(tmp_path / "run", work).values()

    assert found.out is not None
    lines = found.out.read_text().split("\n")
    ignored = {line.partition(":")[0]: int(line.split()[1], 16) for line in lines[:2]}
    usual = (1 << signal.SIGPIPE - 1) | (1 << signal.SIGHUP - 1) | (1 << signal.SIGINT - 1) | (1 << signal.SIGTERM - 1)
    assert {"SigBlk": 0, "SigIgn": 0} == {name: value & usual for name, value in ignored.items()}
    assert "a b:none" == lines[2]
    assert ["0", "1", "2", "3", ""] == lines[3:]


def test_an_order_is_carried_out_once(tmp_path: Path) -> None:
    """Of keepers that get the same order one at a time or at once, one begins."""
    words = order(tmp_path, "echo x >> count; sleep 0.2")

    children = [begin(lambda: Keeper().keep(words)) for _ in range(6)]
    for child in children:
        os.waitpid(child, 0)
    os.waitpid(begin(lambda: Keeper().keep(words)), 0)

    assert "x\n" == (tmp_path / "count").read_text()
    assert ("done", 0) == (end(tmp_path).state, end(tmp_path).code)


def test_what_was_cancelled_before_does_not_begin(tmp_path: Path) -> None:
    """The word to end that lies there first is heeded before anything runs."""
    words = order(tmp_path, "echo x > count")
    records.ask_to_end(words["folder"])

    os.waitpid(begin(lambda: Keeper().keep(words)), 0)

    assert "cancelled" == end(tmp_path).state
    assert not (tmp_path / "count").exists()


@pytest.mark.parametrize(("script", "state"), [("sleep 0.4", "done"), ("sleep 0.4; exit 1", "lost")])
def test_a_bare_signal_ends_nothing(tmp_path: Path, script: str, state: str) -> None:
    """A keeper told to end by another program goes on; what fails after that says nothing on the task."""
    words = order(tmp_path, script)
    child = begin(lambda: Keeper().keep(words))
    until(lambda: (records.read(words["folder"], records.KEEPER) or {}).get("child"))

    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)

    assert state == end(tmp_path).state


@LINUX
def test_a_keeper_that_dies_takes_its_attempt_along(tmp_path: Path) -> None:
    """A killed keeper's attempt is lost, said only when none of its processes is left."""
    words = order(tmp_path, "setsid sh -c 'echo > up; exec sleep 60' & sleep 61")
    child = begin(lambda: Keeper().keep(words))
    until((tmp_path / "up").exists)
    before = Watched("r.t.1", tmp_path / "t-1", patience=0).bury()

    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = end(tmp_path)

    assert before is None
    assert ("lost", None, "its keeper was killed") == (found.state, found.code, found.detail)
    assert [] == family.marked(words["folder"])
    assert found == end(tmp_path)


@LINUX
def test_killed_at_any_act(tmp_path: Path) -> None:
    """A keeper killed before any of its acts on the disk leaves an end, one program begun at most, and no process."""
    kills, states = 0, set()
    for number in range(1, 100):
        folder = tmp_path / str(number)
        words = order(folder, "echo x >> count; sleep 0.05; echo y >> count")
        died = killed_at(number, "before", partial(_keep, words))
        found, again = end(folder), end(folder)
        written = (folder / "count").read_text() if (folder / "count").exists() else ""

        assert [] == family.marked(words["folder"])
        assert found == again
        assert written in ("", "x\n", "x\ny\n")
        assert written == "x\ny\n" or found.state == "lost"
        states.add(found.state)
        if not died:
            break
        kills += 1

    assert kills >= 8
    assert {"lost", "done"} == states


def test_the_end_of_a_full_folder_is_still_written(tmp_path: Path) -> None:
    """The verdict has its room from the first, so that it needs none when the disk is full by then."""
    words = order(tmp_path, "sleep 0.2")
    child = begin(lambda: Keeper().keep(words))
    keeper = tmp_path / "t-1" / records.KEEPER
    until(keeper.exists)
    before = keeper.stat()
    os.waitpid(child, 0)

    after = (tmp_path / "t-1" / records.VERDICT).stat()
    assert (before.st_ino, records.SIZE, records.SIZE) == (after.st_ino, before.st_size, after.st_size)


def test_setting_the_clock_changes_no_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt's length is told by the steady clock, though somebody sets the other an hour back."""
    words = order(tmp_path, "sleep 0.1")

    def work() -> None:
        real = time.time
        times = iter([real(), *[real() - 3600] * 9])
        monkeypatch.setattr(time, "time", lambda: next(times))
        Keeper().keep(words)

    os.waitpid(begin(work), 0)

    found = end(tmp_path)
    assert found.started is not None
    assert found.ended is not None
    assert 0.1 <= found.ended - found.started < 20
