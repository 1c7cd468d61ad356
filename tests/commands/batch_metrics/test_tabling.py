"""Figures as CSV."""

from __future__ import annotations

import csv
import io

from tests.support.metrics import ask
from tests.support.work import Ground


def test_tables_for_other_programs(ground: Ground) -> None:
    """A row a run, or a task of one run; no cell is a formula to a spreadsheet."""
    runs = list(csv.DictReader(io.StringIO(ask(ground.project, "--csv").assert_ok().out)))
    tasks = list(csv.DictReader(io.StringIO(ask(ground.project, "--run", ground.last.id, "--csv").assert_ok().out)))
    agents = ask(ground.project, "--by", "agent", "--csv").assert_ok().out

    assert ["work", "host"] == [row["kind"] for row in runs]
    assert ["again", "never"] == [row["task"] for row in tasks]
    assert "opencode,'=HYPERLINK(1)," in agents
