"""A run of a host that handed reports over."""

from __future__ import annotations

import pytest

from batchpack.runs.store import Run
from tests.support.project import Project

REQUEST = "Build user authentication with React frontend, Go backend, tests, and docs"
FIRST, SECOND, THIRD = "# back\n" * 100, "# front\n" * 50, "# tests\n" * 30


def _put(project: Project, task: str, report: str, *words: str, attempt: int = 1) -> None:
    """Hand in as an agent does."""
    said = ("--status", "DONE", "--summary", "s", "--file", "-", *words)
    project.run("result", "put", "latest", task, "--attempt", str(attempt), *said, stdin=report).assert_ok()


@pytest.fixture
def handed_over(project: Project) -> Run:
    """Return a finished run: two agents at once, one of them in two attempts, then one that builds on both."""
    project.init_git()
    project.run("start", REQUEST).assert_ok()
    project.run("batch", "start", "latest", "1").assert_ok()
    project.write({"api.go": "package api", "form.jsx": "form", "a_test.go": "package api"})
    _put(project, "backend-go", FIRST, "--changed", "api.go")
    project.run("batch", "finish", "latest", "1", "--next").assert_failed(code=1)
    _put(project, "frontend-react", SECOND, "--changed", "form.jsx", attempt=2)
    project.run("batch", "finish", "latest", "1", "--final", "--next").assert_ok()
    _put(project, "test-automator", THIRD, "--changed", "a_test.go")
    project.run("batch", "finish", "latest", "2", "--next").assert_ok()
    return Run(next((project.folder / ".batchpack/runs").glob("2*")))
