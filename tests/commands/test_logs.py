"""`batchpack logs`: what a task's attempts wrote, and what was found about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.work import Ground, plan


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a repository with a run whose task failed its verification twice."""
    made = Ground(tmp_path)
    command = "echo working; date +%N > x.txt"
    made.run(plan({"id": "red", "command": command, "verify": ["echo seen; test -e never"], "attempts": 2}))
    return made


def test_the_verdict_and_the_words_are_shown(ground: Ground) -> None:
    """The last attempt's reason, what the next one would be told, its output, and where the rest is."""
    out = ground.project.run("logs", "latest", "red").assert_ok().out

    assert out.startswith("red, attempt 2 of 2: failed. `echo seen; test -e never` ended with exit code 1")
    assert "seen" in out
    assert "The end of out:\n\nworking" in out


def test_paths_for_programs(ground: Ground) -> None:
    """As JSON every file that there is."""
    facts = ground.project.run("logs", "latest", "red", "--attempt", "1", "--json").json()

    assert ("red", 1, 2, "failed") == (facts["task"], facts["attempt"], facts["attempts"], facts["verdict"])
    assert Path(facts["out"]).read_text() == "working\n"
    assert (Path(facts["evidence"]) / "verdict.json").is_file()


def test_an_unknown_task_is_told(ground: Ground) -> None:
    """The names there are stand beside it."""
    ground.project.run("logs", "latest", "blue").assert_failed("there is no task named 'blue'", "known: red", code=2)
