"""A whole run in OSA, as far as its loaders and its shell's rules tell without the program."""

from __future__ import annotations

from pathlib import Path

from tests.support.osa_host import OSA
from tests.support.project import Project

EXAMPLE = '"Build user authentication with React frontend, Go backend, tests, and docs"'


def test_the_example_runs_to_its_synthesis_in_osas_folders(tmp_path: Path) -> None:
    """The first example ends with SYNTHESIS.md and each batch's results where the seed's readers look for them."""
    project = Project(tmp_path, folder="home/app")
    project.write({"README.md": "# A project\n"}).init_git()
    project.run("install", "--host", "osa", "--yes").assert_ok()
    osa = OSA(project)
    osa.slash("batch-run", EXAMPLE)
    top = project.home / ".osa/work/batches"
    assert "3 tasks = 3 done + 0 failed" in (top / "SYNTHESIS.md").read_text(), "\n".join(osa.said + osa.answers)
    assert (top / "batch1-results.md").exists()
    assert (top / "batch2-results.md").exists()
    assert not (project.folder / ".batchpack").exists()


def test_only_reports_are_refused_by_its_shell(tmp_path: Path) -> None:
    """No command of the text or of what is printed has a sign that OSA refuses; hostile words stay in a file."""
    project = Project(tmp_path, folder="home/app")
    project.init_git()
    project.run("install", "--host", "osa", "--yes").assert_ok()
    osa = OSA(project)
    osa.slash("batch-run", "Fix the bug in the API; rm -rf `x` $(touch pwned) ${HOME} ../..")
    assert osa.refused
    assert all(" result put " in command for command in osa.refused)
    assert [] == list(project.home.rglob("pwned"))
    assert "done + 0 failed + 0 skipped + 0 pending" in (project.home / ".osa/work/batches/SYNTHESIS.md").read_text(), (
        "\n".join(osa.said + osa.answers)
    )
