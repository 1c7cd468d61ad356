"""The installer's state folder: made in one step, gone when nothing is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batchpack.errors import Busy
from batchpack.installer import state
from batchpack.installer.state import NoHome
from tests.support.project import ROOT, tree


def test_the_lock_leaves_no_trace(home: Path) -> None:
    """Folders around it that were not there go again."""
    with state.exclusive():
        assert (home / ".local/state/batchpack/receipts/made.json").is_file()
    assert {} == tree(home)


def test_folders_that_were_there_stay(home: Path) -> None:
    """Also when they are empty, and when other records stand beside ours."""
    (home / ".local").mkdir()
    with state.exclusive():
        pass
    assert [".local"] == list(tree(home))

    (home / ".local/state/batchpack").mkdir(parents=True)
    (home / ".local/state/batchpack/runs.jsonl").write_text("")
    before = tree(home)
    with state.exclusive():
        pass
    assert before == tree(home)


def test_one_at_a_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second install waits no longer than it is told."""
    monkeypatch.setenv(state.WAIT, "0.05")
    with state.exclusive(), pytest.raises(Busy), state.exclusive():
        pass


def test_what_died_early_is_tidied(home: Path) -> None:
    """A state folder that never got its name, and backups without a receipt."""
    (home / ".local.batchpack-new-abc/state").mkdir(parents=True)
    state.tidy()
    assert {} == tree(home)

    with state.exclusive():
        (home / ".local/state/batchpack/receipts/toy-user-0123/backup").mkdir(parents=True)
    assert {} == tree(home)


def test_a_strange_file_among_the_receipts_stays(home: Path) -> None:
    """The folders around it stay with it, and the lock can be taken again."""
    strange = home / ".local/state/batchpack/receipts/strange"
    for _ in range(2):
        with state.exclusive():
            strange.write_text("mine")
    assert "mine" == strange.read_text()


def test_many_that_come_and_go_leave_no_trace(home: Path) -> None:
    """Whoever goes last takes the folders along, whoever made them."""
    script = "from batchpack.installer import state\nfor _ in range(40):\n    with state.exclusive(): pass\n"
    children = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(4)]
    assert [0] * 4 == [child.wait() for child in children]
    assert {} == tree(home)


@pytest.mark.parametrize("value", ["", "relative", "/nowhere/at/all"])
def test_a_home_must_be_a_folder(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """An empty, relative or missing one is told."""
    monkeypatch.setenv("HOME", value)
    with pytest.raises(NoHome, match="is not there"):
        state.check_home()
