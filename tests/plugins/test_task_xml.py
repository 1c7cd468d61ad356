"""The source for folders of task files."""

from __future__ import annotations

from pathlib import Path

from batchpack import manager
from batchpack.workplan import execute_state
from batchpack.workplan.values import Noted


def test_it_takes_folders_with_task_files(tmp_path: Path) -> None:
    """A folder is taken when a task file lies in it at some depth, a file by its ending."""
    source = manager.load().sources["task_xml"]
    (tmp_path / "tasks" / "1-a").mkdir(parents=True)
    assert not source.fits(tmp_path)

    file = tmp_path / "tasks" / "1-a" / "L1-1-x.xml"
    file.write_text("<task><objective>x</objective></task>")
    assert [True, True, False] == [source.fits(path) for path in (tmp_path, file, tmp_path / "none")]
    assert ["L1-1"] == [task.id for task in source.read(tmp_path).tasks]


def test_what_becomes_of_a_task_is_noted_beside_it(tmp_path: Path) -> None:
    """The state stands in `execute-state.json` of the folder, which is one of the files it names."""
    source = manager.load().sources["task_xml"]
    (tmp_path / "L1-1-x.xml").write_text("<task><objective>x</objective></task>")
    source.note(tmp_path, Noted("L1-1", "verified", attempt=1, commit="abc"))

    assert "verified" == execute_state.read(tmp_path)["tasks"]["L1-1"]["status"]
    assert tmp_path / execute_state.FILE in source.notes(tmp_path)
