"""The status file: the line of a batch in its format, written for onlookers, shown with a mark where it is old."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack import status_file
from batchpack.status_file import Member

LINE = "[BATCH 1-foundation #1] L1-001 ✓ (1/1)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of runs of a project."""
    made = tmp_path / "project/.batchpack"
    made.mkdir(parents=True)
    return made


def facts(root: Path, **changed: object) -> Path:
    """Write a status file by hand."""
    usual = {"schema": 1, "run": "ab12", "line": LINE, "at": time.time(), "beat": 5, "ended": False}
    (root / "status.json").write_text(json.dumps(usual | changed))
    return root.parent


def test_a_batch_is_one_line_in_the_known_format() -> None:
    """What is done has a tick, what failed a cross and its attempt, and the counts stand at the end."""
    good = [Member("L1-001", "done", 1), Member("L1-002", "done", 2), Member("L1-006", "done", 1)]
    bad = [Member("L2-003", "done", 1), Member("L2-004", "failed", 2), Member("L2-005", "done", 1)]

    assert "[BATCH 1-foundation #1] L1-001 ✓, L1-002 ✓, L1-006 ✓ (3/3)" == status_file.text("1-foundation", 1, good)
    expected = "[BATCH 2-backend #2] L2-003 ✓, L2-004 ✗ (attempt 2), L2-005 ✓ (2/3)"
    assert expected == status_file.text("2-backend", 2, bad)


def test_what_goes_on_is_told_too() -> None:
    """Running tasks have an arrow, and an attempt from the second on; waiting ones a circle, skipped ones a dash."""
    members = [
        Member("a", "running", 1),
        Member("b", "running", 2),
        Member("c", "waiting"),
        Member("d", "skipped"),
        Member("e", "answered", 1),
    ]

    assert "[BATCH x #1] a ▶, b ▶ (attempt 2), c ○, d -, e ▷ (0/5)" == status_file.text("x", 1, members)


def test_of_many_tasks_those_that_matter_are_named() -> None:
    """Failed and running ones come first, in their order; the rest is a number, and the counts are of all."""
    members = [Member(f"t{number}", "done", 1) for number in range(998)]
    members += [Member("late", "running", 1), Member("bad", "failed", 3)]

    line = status_file.text("x" * 500, 1, members)

    assert "t0 ✓, t1 ✓, t2 ✓, t3 ✓, t4 ✓, t5 ✓, late ▶, bad ✗ (attempt 3), 992 more (998/1000)" in line
    assert len(line) < 200


def test_what_is_written_is_shown_in_the_project_and_below_it(root: Path) -> None:
    """The line is found from any folder of the project; the file is one small object."""
    status_file.write(root, "ab12", LINE, beat=5)
    deep = root.parent / "src/deep"
    deep.mkdir(parents=True)

    assert [LINE, LINE] == [status_file.line(folder) for folder in (root.parent, deep)]
    assert {"schema", "run", "line", "at", "beat", "ended"} == set(json.loads((root / "status.json").read_text()))


def test_a_linked_work_tree_shows_its_main_ones(root: Path, tmp_path: Path) -> None:
    """A work tree that git linked to the project has no file of its own."""
    facts(root)
    linked = tmp_path / "linked/src"
    linked.mkdir(parents=True)

    (tmp_path / "linked/.git").write_text(f"gitdir: {root.parent}/.git/worktrees/linked\n")

    assert LINE == status_file.line(linked)


def test_without_a_batch_there_is_nothing(tmp_path: Path) -> None:
    """No file, no line."""
    assert "" == status_file.line(tmp_path)


AGES: dict[str, tuple[dict[str, object], float, str]] = {
    "a beat ago": ({}, 5, LINE),
    "three beats missed": ({}, 40, f"{LINE} (stale: no sign of life for 40 s)"),
    "killed long ago": ({}, 1800, f"{LINE} (stale: no sign of life for 30 min)"),
    "hours": ({}, 3 * 3600, f"{LINE} (stale: no sign of life for 3 h)"),
    "a day": ({}, 25 * 3600, ""),
    "of a host, quiet": ({"beat": 0}, 500, LINE),
    "of a host, very quiet": ({"beat": 0}, 1500, f"{LINE} (nothing new for 25 min)"),
    "ended": ({"ended": True}, 3000, LINE),
    "ended long ago": ({"ended": True}, 4000, ""),
    "a clock that was set back": ({}, -602, f"{LINE} (stale: no sign of life for 10 min)"),
}


@pytest.mark.parametrize("name", AGES)
def test_an_old_line_is_marked_and_in_the_end_gone(name: str, root: Path) -> None:
    """Whoever looks sees whether somebody still drives the run, and after a time nothing."""
    changed, age, expected = AGES[name]

    assert expected == status_file.line(facts(root, at=time.time() - age - 0.5, **changed))


ODD = (
    "",
    "{",
    "[]",
    "[" * 60_000,
    json.dumps({"line": LINE}),
    json.dumps({"line": LINE, "at": "now", "beat": 5}),
    '{"line": "x", "at": NaN, "beat": 5}',
    '{"line": "x", "at": 1e400, "beat": 5}',
    '{"line": "x", "at": 1, "beat": 1e400}',
    '{"line": "", "at": 9999999999, "beat": 5}',
)


@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:30])
def test_a_file_that_we_did_not_write_shows_nothing(text: str, root: Path) -> None:
    """Agents can write there; whatever stands in it breaks no status line."""
    (root / "status.json").write_text(text)

    assert "" == status_file.line(root.parent)


def test_hostile_text_is_made_harmless(root: Path) -> None:
    """No terminal escape, no second line and no flood reach the terminal."""
    shown = status_file.line(facts(root, line="\x1b]0;owned\x07[BATCH]\n\u202e" + "x" * 100_000))

    assert not set("\x1b\x07\n\u202e") & set(shown)
    shown = status_file.line(facts(root, line="[BATCH]\n" + "x" * 10_000))
    assert (True, 800) == (shown.startswith("[BATCH] x"), len(shown))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [_pipe, Path.mkdir, lambda path: path.symlink_to("/etc/hostname")])
def test_what_is_no_file_is_not_read(make: Callable[[Path], None], root: Path) -> None:
    """Pipes, folders and links in its place keep nobody waiting and lead nowhere."""
    make(root / "status.json")

    assert "" == status_file.line(root.parent)


def test_writing_is_never_a_failure(root: Path, tmp_path: Path) -> None:
    """Where the file cannot be written, or runs lie outside a project, nothing happens."""
    (root / "status.json").mkdir()
    status_file.write(root, "ab12", LINE)
    status_file.write(tmp_path / "gone/.batchpack", "ab12", LINE)
    status_file.write(tmp_path, "ab12", LINE)
    status_file.write(root, "ab12", "\ud800")

    assert ["project"] == [path.name for path in tmp_path.iterdir()]
    assert ["status.json"] == [path.name for path in root.iterdir()]


def test_no_link_is_written_through(root: Path, tmp_path: Path) -> None:
    """An agent that puts a link in its place has no file of the user's overwritten."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (root / "status.json").symlink_to(precious)

    status_file.write(root, "ab12", LINE)

    assert ("mine", True) == (precious.read_text(), (root / "status.json").is_symlink())
