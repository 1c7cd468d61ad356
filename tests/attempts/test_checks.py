"""The checks before any work is believed: deliverables, paths in sentences, and what a worktree holds."""

from __future__ import annotations

from pathlib import Path

from batchpack.attempts import checks
from batchpack.attempts.verdict import Ended
from batchpack.executor import Answer
from batchpack.workplan.values import WorkTask
from batchpack.worktrees import changes, status
from tests.support.attempts import ground


def missing(folder: Path, *wanted: str) -> str:
    """Return what is said of deliverables that are not there."""
    task = WorkTask("t", "T", deliverables=wanted)
    ended = Ended(task, 1, folder, None, Answer(""), agent=False, code=0)
    return "; ".join(problem.text for problem in checks.of_deliverables(ended))


def test_a_deliverable_is_a_file_a_pattern_or_a_folder_with_something_in_it(tmp_path: Path) -> None:
    """Files and patterns must be met, an empty folder is nothing, and nothing outside of the folder counts."""
    (tmp_path / "in" / "full").mkdir(parents=True)
    (tmp_path / "in" / "full" / "a[1].py").write_text("")
    (tmp_path / "in" / "empty").mkdir()
    (tmp_path / "out.py").write_text("")
    (tmp_path / "in" / "link.py").symlink_to(tmp_path / "out.py")

    assert "" == missing(tmp_path / "in", "full", "full/*.py", "full/a[1].py", "**/a*.py")
    wrong = ("empty", "none.py", "*.md", "../out.py", "/etc/passwd", "link.py", "a\0b")
    assert f"not there: {', '.join(wrong[:-1])}, a" in missing(tmp_path / "in", *wrong)


def test_a_deliverable_that_git_ignores_would_be_lost(tmp_path: Path) -> None:
    """A file that no commit would hold is told, for its task could not be merged."""
    here = ground(tmp_path, {".gitignore": "build/\n"}).write({"build/x.bin": "x"})
    task = WorkTask("t", "T", deliverables=("build/x.bin",))
    ended = Ended(task, 1, here.worktree.path, here.worktree, Answer(""), agent=False, code=0)
    found = list(checks.of_deliverables(ended))

    assert ["git ignores build/x.bin, so that it would be lost"] == [problem.text for problem in found]


def test_long_lists_are_cut(tmp_path: Path) -> None:
    """A sentence names a dozen paths and counts the others."""
    assert "f0, " in checks.named([f"f{number}" for number in range(20)])
    assert checks.named([f"f{number}" for number in range(20)]).endswith("f11 and 8 more")


def test_the_fingerprint_of_a_tree_is_its_content(tmp_path: Path) -> None:
    """Committed or not, other content is another tree; the same content without a commit in between is the same."""
    here = ground(tmp_path)
    seen = []
    for text in ("", "a", "b", "b"):
        if text:
            here.write({"app/new.py": text})
        seen.append(checks.tree_of(here.worktree, changes.of(here.worktree)))

    assert 3 == len(set(seen))
    assert seen[2] == seen[3]


def test_what_a_set_up_left_is_not_put_back(tmp_path: Path) -> None:
    """Only what is neither committed nor prepared goes; names that look like patterns are taken by the letter."""
    here = ground(tmp_path).write({"README.md": "x", "*": "y", "app/[a].py": "z"})

    assert {"README.md", "*", "app/[a].py"} == set(checks.put_back(here.worktree, status.read(here.worktree.path)))
    assert "hello\n" == (here.worktree.path / "README.md").read_text()
    assert (here.worktree.path / "app/__init__.py").exists()
    assert "" == here.git("status", "-s")
