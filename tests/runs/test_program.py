"""The word in printed commands starts this very installation, wherever PATH leads."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT, Project

ASK = ["-c", "from batchpack.runs import program; print(program.word())"]
OWN = Path(sys.executable).parent
SHELL_TOOLS = "/usr/bin:/bin"


def word(project: Project, path: str, python: str = sys.executable) -> str:
    """Return the word that a process with this PATH prints."""
    env = {"PATH": path, "PYTHONPATH": str(ROOT)}
    return project.execute([python, *ASK], env=env).assert_ok().out.rstrip("\n")


def check_starts(project: Project, program: str, path: str) -> None:
    """Fail unless a shell with this PATH starts batchpack by the word."""
    shell = shutil.which("sh")
    assert shell
    done = project.execute([shell, "-c", f"{program} --version"], env={"PATH": path, "PYTHONPATH": str(ROOT)})
    assert "batchpack" in done.assert_ok().out, str(done)


def test_on_path_the_name_is_enough(project: Project) -> None:
    """Directly or through a link, where PATH leads here the plain name is printed."""
    links = project.home / "bin"
    links.mkdir()
    (links / "batchpack").symlink_to(OWN / "batchpack")
    assert {"batchpack"} == {word(project, str(OWN)), word(project, str(links))}


@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_another_program_of_that_name_is_not_taken(project: Project, mode: int) -> None:
    """Another `batchpack` before ours, even one that cannot be executed, never leads the reader astray."""
    other = project.home / "bin"
    other.mkdir()
    (other / "batchpack").write_text("#!/bin/sh\nexit 9\n")
    (other / "batchpack").chmod(mode)
    path = f"{other}:{OWN}:{SHELL_TOOLS}"
    found = word(project, path)
    assert found == (str(OWN / "batchpack") if mode == 0o755 else "batchpack")
    check_starts(project, found, path)


def test_off_path_the_whole_path_is_printed(project: Project) -> None:
    """Where PATH has no batchpack the absolute path is."""
    assert str(OWN / "batchpack") == word(project, str(project.home))


def test_a_path_with_blanks_is_quoted(project: Project) -> None:
    """A shell takes the printed path of an installation in `my env's` as one word."""
    (project.home / "my env's").symlink_to(OWN.parent)
    python = project.home / "my env's" / OWN.name / Path(sys.executable).name
    found = word(project, SHELL_TOOLS, str(python))
    assert found.startswith("'")
    check_starts(project, found, SHELL_TOOLS)


def test_without_a_script_the_module_is_started(project: Project) -> None:
    """A Python that can import batchpack and has no script beside it is named with `-m`."""
    python = project.home / "a python"
    python.symlink_to(Path(sys.executable).resolve())
    assert f"'{python}' -m batchpack" == word(project, str(project.home), str(python))
