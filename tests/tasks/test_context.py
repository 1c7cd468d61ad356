"""The files to read: each once, with sizes, and nothing outside of the project looked at."""

from __future__ import annotations

from pathlib import Path

from batchpack.tasks.context import entries, lines
from batchpack.tasks.loading import load
from tests.support.tasks import subtask, write_feature


def test_entries(tmp_path: Path) -> None:
    """Files, folders, patterns, missing ones and those outside are told apart; who needs them is named."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("x" * 1234)
    (tmp_path / "link").symlink_to("/etc/hosts")
    paths = ["docs/a.md", "docs", "docs/*.md", "none.md", "/etc/hosts", "link", "../x", "\0", " ", 7, {"lines": "1"}]
    write_feature(
        tmp_path / "t", "f", subtask("f", "01", context_files=paths), subtask("f", "02", context_files=["docs/a.md"])
    )
    found = {each.path: (each.size, each.note) for each in entries(load(tmp_path / "t", "f"), tmp_path)}
    outside = (None, "outside the project")
    assert found == {
        "docs/a.md": (1234, ""), "docs": (None, "folder"), "docs/*.md": (None, "pattern"), "none.md": (None, "missing"),
        "/etc/hosts": outside, "link": outside, "../x": outside, " ": (None, "missing"),
    }  # fmt: skip
    first = entries(load(tmp_path / "t", "f"), tmp_path)[0]
    assert ("docs/a.md", ("01", "02")) == (first.path, first.used_by)


def test_lines_are_bounded(tmp_path: Path) -> None:
    """Beyond the limit only the number of what was left out is said; no files at all are said too."""
    write_feature(tmp_path, "f", subtask("f", "01", context_files=[f"{n}.md" for n in range(60)]))
    found = load(tmp_path, "f")
    said = list(lines(found, entries(found, tmp_path), 50))
    assert "… and 10 more; --limit shows more of them" in said
    assert 50 == sum("(missing; for 01)" in line for line in said)
    assert "no context or reference files are named" in list(lines(found, [], 50))
