"""Records of runs that an uninstall leaves."""

from __future__ import annotations

from pathlib import Path

from batchpack.host import Host
from batchpack.installer.records import Records, kept
from batchpack.installer.report import record_lines


def test_nothing_is_kept_where_nothing_was_run(toy: Host, base: Path) -> None:
    """An empty folder of runs, or a file in its place, is not worth a line."""
    assert [] == kept(base, [toy])
    (base / ".batchpack/runs").mkdir(parents=True)
    assert [] == kept(base, [toy])
    (base / ".batchpack/runs").rmdir()
    (base / ".batchpack/runs").write_text("")
    assert [] == kept(base, [toy])


def test_only_run_directories_count(toy: Host, base: Path) -> None:
    """Files and links beside them do not."""
    runs = base / ".batchpack/runs"
    (runs / "20260101T000000-00aa").mkdir(parents=True)
    (runs / "notes").write_text("")
    (runs / "newest").symlink_to("20260101T000000-00aa")
    assert [Records(runs, 1)] == kept(base, [toy])


def test_the_command_that_removes_is_safe_to_paste() -> None:
    """Spaces are quoted."""
    assert "rm -r '/a b/runs'" == Records(Path("/a b/runs"), 3).remove
    assert "rm '/a b/runs.jsonl'" == Records(Path("/a b/runs.jsonl")).remove


def test_what_was_measured_stays_too(toy: Host, base: Path, home: Path) -> None:
    """The list of projects, the marks of hooks and the metrics are the user's; each has a command that removes it."""
    state = home / ".local/state/batchpack"
    (state / "marks").mkdir(parents=True)
    (state / "metrics.sqlite").touch()
    (state / "projects.jsonl").touch()

    found = kept(base, [toy])

    expected = [f"rm {state / 'projects.jsonl'}", f"rm -r {state / 'marks'}", f"rm {state / 'metrics.sqlite'}"]
    assert expected == [one.remove for one in found]
    assert 3 == len(record_lines(found))
