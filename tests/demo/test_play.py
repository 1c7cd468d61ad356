"""Playing a run: agents at once, failures told."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from batchpack.demo import ground
from batchpack.demo.play import Player, Working, shown
from batchpack.errors import BatchpackError
from batchpack.executor import Launch

START = [
    sys.executable,
    "-m",
    "batchpack",
    "start",
    "--agents",
    "backend-go,frontend-react",
    "Build a Go API and its UI",
]


def player(tmp_path: Path, code: str, told: list[str]) -> Player:
    """Make a player whose agents run a piece of Python."""
    executor: Any = SimpleNamespace(NAME="one", launch=lambda _order: Launch((sys.executable, "-c", code)))
    return Player(ground.make(tmp_path / "demo"), executor, told.append)


def test_agents_of_a_batch_run_at_once(tmp_path: Path) -> None:
    """Each agent of a batch waits until it has met the other, which a one-by-one run would never get past."""
    meet = (
        "import os, pathlib, time; place = pathlib.Path('meet'); place.mkdir(exist_ok=True)\n"
        "(place / str(os.getpid())).touch(); end = time.monotonic() + 20\n"
        "while len(list(place.iterdir())) < 2 and time.monotonic() < end: time.sleep(0.01)\n"
        "print('met' if len(list(place.iterdir())) >= 2 else 'alone')"
    )
    told: list[str] = []
    with pytest.raises(BatchpackError):
        player(tmp_path, meet, told).run(START)

    agents = [line.split()[-1] for line in told if " s  " in line]
    assert ["met"] * 4 == agents


def test_a_run_that_fails_says_which_command(tmp_path: Path) -> None:
    """Agents that hand in nothing make the run fail, and the error shows the command and what it said."""
    with pytest.raises(BatchpackError, match=r"batchpack .* failed") as caught:
        player(tmp_path, "pass", []).run(START)

    assert caught.value.hint


def test_an_agent_that_crashes_is_shown_with_its_last_words(tmp_path: Path) -> None:
    """What a failing agent said last stands in its line."""
    told: list[str] = []
    with pytest.raises(BatchpackError):
        player(tmp_path, "raise SystemExit('out of ink')", told).run(START)

    assert any(line.endswith("out of ink") for line in told)


def test_commands_are_shown_short() -> None:
    """The program is shown by its name, however it is started, and words with spaces in quotes."""
    assert "batchpack start 'a b'" == shown([sys.executable, "-m", "batchpack", "start", "a b"])
    assert "batchpack batch start ab12 1" == shown(["/my tools/batchpack", "batch", "start", "ab12", "1"])


def test_time_stands_still_at_the_end() -> None:
    """An agent that is done shows how long it took."""
    assert "3.2 s  done" in Working("scout", seconds=3.2, said="done").line()
