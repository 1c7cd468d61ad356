"""The source for features of task-cli."""

from __future__ import annotations

from pathlib import Path

from batchpack import manager
from tests.workplan.test_features import feature


def test_it_takes_features_and_the_folder_of_them(tmp_path: Path) -> None:
    """A feature's folder and the folder of all are taken, other folders and files are not."""
    source = manager.load().sources["openagents"]
    folder = feature(tmp_path / "tasks", "auth", {})

    assert [True, True, False, False] == [
        source.fits(path) for path in (folder, folder.parent, tmp_path, folder / "task.json")
    ]
    assert ["auth-01"] == [task.id for task in source.read(folder).tasks]
