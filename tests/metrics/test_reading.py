"""How a word leads to a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import manager
from batchpack.metrics import reading
from batchpack.runs.store import UnknownRun
from tests.execution.ground import RUN, task
from tests.support.records import began, judged, written


def test_words_lead_to_runs_of_either_kind(tmp_path: Path) -> None:
    """By id, its last digits, or latest; an unknown one is refused."""
    written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])

    assert [RUN, RUN, RUN] == [reading.find(word, tmp_path, ()).run for word in (RUN, "a1b2", "latest")]
    with pytest.raises(UnknownRun):
        reading.find("ffff", tmp_path, ())


def test_executors_without_a_model_are_known() -> None:
    """A plain program is one, an agent's host none."""
    found = reading.programs(manager.load().executors)

    assert "shell" in found
    assert "claude" not in found


def test_broken_runs_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be read hides none of the others."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = written(tmp_path, [task("a")], [(1, began("a"))])
    broken = run.folder.with_name("20260102T030406-b1b2")
    broken.mkdir()
    (broken / "run.json").write_bytes((run.folder / "run.json").read_bytes())

    records, count = reading.all_work(tmp_path, ())

    assert ([RUN], 1) == ([record.run for record in records], count)
