"""A run of work on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile, Busy
from batchpack.execution import store
from batchpack.execution.journal import Draft
from batchpack.runs.resume import NothingToResume
from batchpack.runs.store import UnknownRun
from tests.execution.ground import RUN, make_run, task, write


def test_a_word_leads_to_a_run(tmp_path: Path) -> None:
    """The last four digits, the whole id and `latest` mean it; a host's run is told apart."""
    run = make_run(tmp_path, [task("a")])

    assert [run.folder] * 3 == [store.find(word, tmp_path).folder for word in ("a1b2", RUN, "latest")]
    other = tmp_path / ".batchpack" / "runs" / "20260102T030405-c3d4"
    other.mkdir()
    (other / "run.json").write_text("{}")
    with pytest.raises(store.NotWork, match="agents of a host"):
        store.find("c3d4", tmp_path)


def test_a_project_without_runs_says_so(tmp_path: Path) -> None:
    """Neither a word nor `latest` leads anywhere."""
    with pytest.raises(UnknownRun):
        store.find("latest", tmp_path)
    with pytest.raises(NothingToResume):
        store.newest_unfinished(tmp_path, retry_failed=False)


def test_only_one_drives_a_run(tmp_path: Path) -> None:
    """Who holds it is seen by others, who are told that it is in use."""
    run = make_run(tmp_path, [task("a")])
    assert not run.is_driven()
    with run.locked():
        assert run.is_driven()
        with pytest.raises(Busy, match="run a1b2"), run.locked(0):
            pass
    assert not run.is_driven()


def test_who_may_only_look_sees_where_a_run_stands(tmp_path: Path) -> None:
    """Where SQLite can make no files beside the journal it is read all the same, and to ask who drives makes none."""
    run = make_run(tmp_path, [task("a")])
    whole = run.events()
    (run.folder / "journal.sqlite-shm").mkdir()
    (run.folder / ".lock").unlink(missing_ok=True)

    assert whole == run.events()
    assert not run.is_driven()
    assert not (run.folder / ".lock").exists()


def test_the_plan_is_the_one_that_was_begun(tmp_path: Path) -> None:
    """It comes back whole; one that somebody changed is refused."""
    run = make_run(tmp_path, [task("a"), task("b", "a")])
    assert ["a", "b"] == [one.id for one in run.plan.tasks]
    (run.folder / "plan.json").write_text("[]")
    with pytest.raises(BrokenFile, match=r"plan\.json"):
        _ = store.WorkRun(run.folder).plan


def test_a_journal_that_says_nothing_is_refused(tmp_path: Path) -> None:
    """One that is gone, has no beginning or holds what batchpack does not write is told, with where the work is."""
    run = make_run(tmp_path, [task("a")])
    write(run, Draft("judged", "a", 1, {"verdict": "verified"}, at="yesterday"))
    with pytest.raises(BrokenFile, match="not as batchpack writes it") as caught:
        run.state()
    assert f"git branch --list 'batchpack/{RUN}/*'" in caught.value.hint

    run.journal.unlink()
    with pytest.raises(BrokenFile, match="it is gone"):
        run.state()
    write(run, Draft("paused", facts={"reason": "x"}))
    with pytest.raises(BrokenFile, match="the beginning of the run is not in it"):
        run.state()


def test_the_newest_that_is_not_finished_is_gone_on_with(tmp_path: Path) -> None:
    """A finished run is passed over, unless its failed tasks are wanted."""
    run = make_run(tmp_path, [task("a")])
    assert run.folder == store.newest_unfinished(tmp_path, retry_failed=False)
    write(run, Draft("abandoned", "a", 1, {"reason": "red"}), Draft("finished", facts={}))
    with pytest.raises(NothingToResume):
        store.newest_unfinished(tmp_path, retry_failed=False)
    assert run.folder == store.newest_unfinished(tmp_path, retry_failed=True)
