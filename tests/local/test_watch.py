"""An attempt seen from outside: what its folder says, and no belief in what makes no sense."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from batchpack.errors import Unwritable
from batchpack.local import records
from batchpack.local.watch import Watched, read_verdict

GOOD = {"state": "done", "code": 3, "started": 1.0, "ended": 2, "timed_out": False, "detail": "d"}


def watched(folder: Path, patience: float = 0) -> Watched:
    """Return an attempt in a fresh folder."""
    (folder / "t-1").mkdir(exist_ok=True)
    return Watched("r.t.1", folder / "t-1", patience=patience)


def test_a_verdict_is_read(tmp_path: Path) -> None:
    """State, code, times and paths are those of the file."""
    one = watched(tmp_path)
    (one.folder / records.VERDICT).write_text(json.dumps(GOOD))

    end = one.ended()

    assert end is not None
    assert ("done", 3, 1.0, 2.0, False, "d") == (end.state, end.code, end.started, end.ended, end.timed_out, end.detail)
    assert (one.folder / "out", one.folder / "err") == (end.out, end.err)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "running"},
        {"state": None},
        {"code": "0"},
        {"code": None},
        {"state": ["done"]},
        {"state": "done", "code": 0.5},
    ],
)
def test_a_verdict_without_sense_is_no_success(tmp_path: Path, change: dict[str, object]) -> None:
    """A file that says odd things says that the attempt is lost."""
    end = read_verdict("r.t.1", tmp_path, {**GOOD, **change})

    assert ("lost", None, "its verdict cannot be understood") == (end.state, end.code, end.detail)


def test_odd_times_are_none(tmp_path: Path) -> None:
    """What is no number is no time."""
    end = read_verdict("r.t.1", tmp_path, {**GOOD, "started": "x", "ended": True})

    assert (None, None) == (end.started, end.ended)


def test_what_never_began_is_lost(tmp_path: Path) -> None:
    """After its time an attempt that nobody began counts as lost, and a keeper that comes late does not begin it."""
    patient, one = watched(tmp_path, patience=60), watched(tmp_path)
    states = [patient.dead(), one.dead(), one.present().state]
    end = one.bury()

    assert [False, True, "queued"] == states
    assert end is not None
    assert ("lost", "it was never begun") == (end.state, end.detail)
    assert records.present(one.place, records.VERDICT)


def test_who_holds_the_lock_lives(tmp_path: Path) -> None:
    """An attempt whose lock is held is running and is not buried."""
    one = watched(tmp_path)
    os.close(records.begin(one.place, {"began": 5.0}))
    lock = records.lock(one.place)
    assert lock is not None
    facts = (one.dead(), one.bury(), one.present().state, one.present().started)
    os.close(lock)

    assert (False, None, "running", 5.0) == facts
    assert one.dead()


def test_a_folder_that_somebody_removed_is_told(tmp_path: Path) -> None:
    """Where a lost attempt cannot be recorded, that is an error for the reader and no success."""
    one = watched(tmp_path)
    one.folder.rmdir()

    assert one.dead()
    with pytest.raises(Unwritable):
        one.bury()


def test_a_keeper_without_sense_is_not_signalled(tmp_path: Path) -> None:
    """A file that names this very process, or none, gets no signal sent: only a keeper's own number and start do."""
    one = watched(tmp_path)
    for facts in ({}, {"pid": os.getpid()}, {"pid": os.getpid(), "start": "1"}, {"pid": -1, "start": ""}):
        (one.folder / records.KEEPER).write_text(json.dumps(facts))
        one.cancel()

    assert records.present(one.place, records.CANCEL)
