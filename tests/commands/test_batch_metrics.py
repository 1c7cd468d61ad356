"""The `batch-metrics` program: the script of the pack under another door."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT, Project

DOOR = [str(Path(sys.executable).with_name("batch-metrics"))]
SCRIPT = [sys.executable, str(ROOT / "hooks" / "batch-metrics.py")]


@pytest.mark.parametrize("words", [[], ["--stats"], ["--json"], ["--help"], ["--run", "nope"], ["--wrong"]], ids=str)
def test_the_program_is_the_script(project: Project, words: list[str]) -> None:
    """The installed program says and returns what the script does, word for word."""
    program = project.execute([*DOOR, *words])
    script = project.execute([*SCRIPT, *words])

    assert (script.code, script.out, script.err) == (program.code, program.out, program.err)


def test_it_is_not_a_word_behind_batchpack(project: Project) -> None:
    """`batchpack batch-metrics` does not exist: the program has its own name."""
    project.run("batch-metrics").assert_failed("No such command", code=2)
