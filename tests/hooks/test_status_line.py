"""The status line of Claude Code: one line from one small file, as `batchpack status --line` says, never an error."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batchpack import status_file
from tests.support.project import ROOT, Project

SCRIPT = ROOT / "hooks" / "status-line.py"
LINE = "[BATCH 2-backend #2] L2-003 ✓, L2-004 ✗ (attempt 2), L2-005 ▶ (1/3)"


def shown(given: object, cwd: Path) -> tuple[int, str, str]:
    """Run the script as Claude Code does, with its facts on standard input."""
    data = given if isinstance(given, bytes) else json.dumps(given).encode()
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0"}
    words = [sys.executable, "-I", "-S", str(SCRIPT)]
    done = subprocess.run(words, input=data, cwd=cwd, env=environment, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def told(project: Project) -> Project:
    """Return a project with a batch at work."""
    root = project.folder / ".batchpack"
    root.mkdir()
    status_file.write(root, "ab12", LINE, beat=5)
    return project


def test_the_session_is_shown_its_projects_batch(told: Project, tmp_path: Path) -> None:
    """The folder comes from Claude Code; letters that the terminal's language lacks are sent all the same."""
    facts = {"session_id": "s", "workspace": {"project_dir": str(told.folder), "current_dir": "/"}}

    assert (0, f"{LINE}\n", "") == shown(facts, tmp_path)


@pytest.mark.parametrize("given", [b"", b"{", b"[" * 100_000, {"workspace": 7}, {"workspace": {"project_dir": ["x"]}}])
def test_without_facts_this_folder_counts(given: object, told: Project) -> None:
    """What Claude Code says in another way than it used to is no error."""
    assert (0, f"{LINE}\n", "") == shown(given, told.folder)


def test_without_a_batch_it_is_empty(project: Project) -> None:
    """No line is printed where there is nothing to say, nor where the file says nonsense."""
    assert (0, "", "") == shown({}, project.folder)
    (project.folder / ".batchpack").mkdir()
    (project.folder / ".batchpack/status.json").write_text('{"line": "x", "at": NaN, "beat": 5}')
    assert (0, "", "") == shown({}, project.folder)


def test_the_command_says_the_same(told: Project) -> None:
    """`batchpack status --line` prints the same line, by its fast door and with more words."""
    fast, slow = told.run("status", "--line"), told.run("status", "--line", "--project", str(told.folder))

    assert [f"{LINE}\n", f"{LINE}\n"] == [fast.assert_ok().out, slow.assert_ok().out]
    (told.folder / ".batchpack/status.json").unlink()
    assert ["", ""] == [
        told.run("status", "--line").assert_ok().out,
        told.run("status", "--line", "--project", str(told.folder)).assert_ok().out,
    ]


def test_a_stale_line_says_so(told: Project) -> None:
    """When the one who drives the run is gone, the line says since when."""
    path = told.folder / ".batchpack/status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"at": time.time() - 720}))

    assert f"{LINE} (stale: no sign of life for 12 min)\n" == shown({}, told.folder)[1]


def test_it_is_readable_for_python_3_8() -> None:
    """The script parses as Python 3.8 and imports the standard library only."""
    page = ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    imports = {alias.name for node in ast.walk(page) if isinstance(node, ast.Import) for alias in node.names}

    assert imports <= set(sys.stdlib_module_names)
