"""`batchpack status`: where a run of work stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.work import Ground, plan


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a repository in which a plan was carried out."""
    made = Ground(tmp_path)
    made.run(plan({"id": "good", "command": "echo > g.txt"}, {"id": "bad", "command": "exit 3", "attempts": 1}))
    return made


def test_each_task_has_a_row_and_the_last_line_sums_up(ground: Ground) -> None:
    """State, attempt, reason, and the counts; a finished run is not to be gone on with."""
    out = ground.project.run("status").assert_ok().out

    assert "good  merged" in out
    assert "its program ended with exit code 3" in out
    assert "1 of 2 done · 1 abandoned" in out
    assert "batchpack resume" not in out


def test_facts_for_programs(ground: Ground) -> None:
    """The same as JSON, with the run's id, counts and rows."""
    facts = ground.project.run("status", ground.last.short, "--json").json()

    assert (1, ground.last.id, True, False) == (facts["schema"], facts["run"], facts["finished"], facts["driven"])
    assert {"merged": 1, "abandoned": 1} == facts["counts"]
    assert ["good", "bad"] == [row["task"] for row in facts["rows"]]


@pytest.mark.parametrize("word", ["ffff", "--watch", "--json"])
def test_one_line_is_of_the_newest_batch(ground: Ground, word: str) -> None:
    """What `--line` would not heed beside it is refused, not passed over."""
    assert ground.project.run("status", "--line").assert_ok().out

    ground.project.run("status", "--line", word).assert_failed("leave out RUN, --watch and --json", code=2)


def test_it_is_listed_with_the_other_runs(ground: Ground) -> None:
    """`batchpack runs` shows a run of work by its plan's name."""
    out = ground.project.run("runs").assert_ok().out

    assert f"{ground.last.id}  -     1     1       0        0     finished  proof" in out


def test_a_run_that_is_not_there_is_told(ground: Ground) -> None:
    """An unknown word is an error with what to do."""
    ground.project.run("status", "ffff").assert_failed("there is no run 'ffff' here", "batchpack runs")
