"""The source for plan files."""

from __future__ import annotations

from pathlib import Path

from batchpack import manager


def test_it_takes_files_by_their_ending(tmp_path: Path) -> None:
    """YAML and JSON files are taken, folders of such a name and other files are not."""
    source = manager.load().sources["plan_yaml"]
    for name in ("a.yaml", "b.YML", "c.json", "d.xml"):
        (tmp_path / name).write_text("tasks:\n  - {id: a, command: x}\n")
    (tmp_path / "e.yaml").mkdir()

    assert ["a.yaml", "b.YML", "c.json"] == [path.name for path in sorted(tmp_path.iterdir()) if source.fits(path)]
    assert "x" == source.read(tmp_path / "a.yaml").tasks[0].command
