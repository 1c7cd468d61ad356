"""The settled facts of a run of work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.execution.facts import Facts, Options, is_work, read

FACTS = Facts(
    "20260102T030405-a1b2", Path("/p"), "2026-01-02T03:04:05.000Z", "h", "c0ffee", "refs/heads/x", Path("/p.worktrees"),
    Options(jobs=3, budget={"minutes": 5.0}),
)  # fmt: skip


def test_facts_come_back_as_they_were_written(tmp_path: Path) -> None:
    """What run.json holds is read again, also without worktrees."""
    for facts in (FACTS, Facts("20260102T030405-a1b2", Path("/p"), "now", "h")):
        (tmp_path / "run.json").write_text(json.dumps(facts.to_json()))

        assert facts == read(tmp_path / "run.json")
        assert is_work(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "work"}', '{"kind": "other", "run": 1}'])
def test_what_is_no_run_of_work_is_refused(tmp_path: Path, text: str) -> None:
    """Every broken or foreign run.json gives a sentence with its path."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(BrokenFile, match=r"run\.json"):
        read(tmp_path / "run.json")

    assert text == (tmp_path / "run.json").read_text()


def test_a_folder_without_facts_is_no_run(tmp_path: Path) -> None:
    """Nothing is raised for a missing, broken or foreign file."""
    assert not is_work(tmp_path)
    (tmp_path / "run.json").write_text("[1]")
    assert not is_work(tmp_path)
