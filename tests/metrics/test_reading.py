"""How a word leads to a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import manager
from batchpack.metrics import reading
from batchpack.runs import index
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


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the reader a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_broken_runs_are_counted(tmp_path: Path) -> None:
    """One that cannot be read hides none of the others."""
    run = written(tmp_path, [task("a")], [(1, began("a"))])
    broken = run.folder.with_name("20260102T030406-b1b2")
    broken.mkdir()
    (broken / "run.json").write_bytes((run.folder / "run.json").read_bytes())

    found = reading.every(tmp_path, ())

    assert ([RUN], 1, 0) == ([record.run for record in found.records], found.broken, found.gone)
    assert broken.name == found.worst


def test_runs_that_are_gone_are_counted(tmp_path: Path) -> None:
    """Those of which only the line in the index is left; a run that is there twice in the index is one."""
    for _ in range(2):
        index.add(index.Entry("20260102T030406-b1b2", tmp_path / "nowhere", tmp_path, None, ""))

    assert reading.Known((), 0, 1) == reading.every(tmp_path, ())


def test_runs_since_a_moment(tmp_path: Path) -> None:
    """Those that began then or later, to the millisecond."""
    written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])
    begun = reading.every(tmp_path, ()).records[0].begun

    assert [1, 0] == [len(reading.every(tmp_path, (), since=moment).records) for moment in (begun, begun + 0.001)]


def test_runs_of_a_host_are_found_without_the_index(tmp_path: Path) -> None:
    """In the folder that it keeps for all projects; another project's are left out where one is asked for."""
    run = written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])

    assert [1, 0] == [
        len(reading.every(project, (), [run.folder.parents[1]]).records) for project in (None, tmp_path / "other")
    ]
