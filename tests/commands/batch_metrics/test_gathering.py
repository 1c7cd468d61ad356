"""What is new is collected, where it can be."""

from __future__ import annotations

import os
import sqlite3

from tests.support.metrics import ask, remember
from tests.support.project import Project


def test_no_collect_only_looks(project: Project) -> None:
    """Nothing is made; with it the figures are those that are known."""
    ask(project, "--no-collect").assert_ok()
    ask(project, "--no-collect", "--by", "model").assert_ok()

    assert [] == list(project.home.rglob("metrics.sqlite*"))


def test_a_closed_home_shows_what_is_known(project: Project) -> None:
    """Where nothing can be written it is said once, and the rest is shown."""
    remember(project)
    state = project.home / ".local/state/batchpack"
    for path in (*state.iterdir(), state):
        path.chmod(0o500 if path.is_dir() else 0o400)
    if os.access(state, os.W_OK):  # the user of this test may write anywhere
        (state / "metrics.sqlite").unlink()
        state.chmod(0o700)
        state.joinpath("metrics.sqlite").mkdir()
    done = ask(project, "--json")
    assert 1 == done.err.count("nothing new was collected: ")
    known = [1000, 7] if (state / "metrics.sqlite").is_file() else []
    assert known == [row["input"] for row in done.json()["by_model"]]


def test_a_ledger_of_a_newer_version_is_left_alone(project: Project) -> None:
    """It is told, with what to do; the file is not changed."""
    remember(project)
    path = project.home / ".local/state/batchpack/metrics.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()

    ask(project).assert_failed("newer batchpack", "update batchpack")
    assert before == path.read_bytes()
