"""What is made of a run is made anew when its files changed, not more often than its making allows."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from batchpack.dashboard import runs
from batchpack.dashboard.runs import Kept, Runs
from tests.execution.ground import task
from tests.support.records import began, judged, written


def _files(folder: Path) -> list[Path]:
    """Return the file that is watched."""
    return [folder / "journal.jsonl"]


class Making:
    """Counts how often something is made."""

    def __init__(self, *, grows: bool = False, seconds: float = 0) -> None:
        self.made, self._grows, self._seconds = 0, grows, seconds

    def __call__(self, _: Path) -> tuple[int, bool]:
        """Make the next number."""
        self.made += 1
        if self._seconds:
            time.sleep(self._seconds)
        return self.made, self._grows


def test_what_did_not_change_is_made_once(tmp_path: Path) -> None:
    """The same word and the same value, until a file is another."""
    (tmp_path / "journal.jsonl").write_text("a")
    kept = Kept(_files, Making(), 3)

    first = kept.get(tmp_path)
    assert first == kept.get(tmp_path)
    (tmp_path / "journal.jsonl").write_text("ab")
    time.sleep(0.1)  # making took some microseconds, ten times which it rests
    again = kept.get(tmp_path)
    assert 2 == again[1]
    assert first[0] != again[0]


def test_what_grows_with_the_clock_is_made_anew_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run at work is shown anew after a while though no file changed."""
    monkeypatch.setattr(runs, "EACH_SECONDS", 0.05)
    kept = Kept(_files, Making(grows=True), 3)

    assert kept.get(tmp_path) == kept.get(tmp_path)
    time.sleep(0.06)
    assert 2 == kept.get(tmp_path)[1]


def test_what_takes_long_is_made_seldom(tmp_path: Path) -> None:
    """However often files change, making takes at most one part in ten of the time."""
    making = Making(seconds=0.05)
    kept, end = Kept(_files, making, 3), time.monotonic() + 0.6
    while time.monotonic() < end:
        (tmp_path / "journal.jsonl").write_text(str(time.monotonic_ns()))
        os.utime(tmp_path / "journal.jsonl", ns=(0, time.monotonic_ns()))
        kept.get(tmp_path)

    assert making.made <= 2


def test_only_the_last_ones_are_kept(tmp_path: Path) -> None:
    """What was not asked for in a while is let go, and made again when asked for."""
    making = Making()
    kept = Kept(_files, making, 2)
    for name in ("a", "b", "a", "c", "a", "b"):
        kept.get(tmp_path / name)

    assert 4 == making.made


def test_runs_are_those_of_the_project_and_the_one_asked_for(tmp_path: Path) -> None:
    """Newest first, found by their whole id alone."""
    here = written(tmp_path / "here", [task("a")], [(1, began("a")), (2, judged("a"))])
    newer = here.folder.with_name("20270101T000000-ffff")
    newer.mkdir()
    other = written(tmp_path / "other", [task("a")], [])
    found = Runs(tmp_path / "here", ())

    assert [newer, here.folder] == found.folders()
    assert here.folder == found.folder(here.id)
    assert [None, None, None] == [found.folder(word) for word in ("", "a1b2", "../here")]
    assert other.folder in Runs(tmp_path / "here", (), other.folder).folders()
    assert "a" == found.read(here.folder)[0].tasks[0].name
