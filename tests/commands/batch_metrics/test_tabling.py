"""Figures as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from batchpack.commands.batch_metrics import _tabling
from batchpack.metrics.overview import Asked
from tests.support.metrics import ask
from tests.support.project import Project
from tests.support.work import Ground


def test_tables_for_other_programs(ground: Ground) -> None:
    """A row a run, or a task of one run; no cell is a formula to a spreadsheet."""
    runs = list(csv.DictReader(io.StringIO(ask(ground.project, "--csv").assert_ok().out)))
    tasks = list(csv.DictReader(io.StringIO(ask(ground.project, "--run", ground.last.id, "--csv").assert_ok().out)))
    agents = ask(ground.project, "--by", "agent", "--csv").assert_ok().out

    assert ["work", "host"] == [row["kind"] for row in runs]
    assert ["again", "never"] == [row["task"] for row in tasks]
    assert "opencode,'=HYPERLINK(1)," in agents


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\x1b[31m=1", "\r\n=1"], ids=repr)
def test_no_cell_acts(name: str) -> None:
    """Neither upon a terminal nor in a spreadsheet, whatever stands before the sign."""
    found = _tabling.text({"rows": [{"agent": name, "tokens": -1}]}, Asked(), "agent")

    (row,) = csv.DictReader(io.StringIO(found))
    assert row["agent"].startswith("'")
    assert row["agent"].isprintable()
    assert "-1" == row["tokens"]


def test_nothing_is_no_table(project: Project) -> None:
    """Without rows nothing is printed, not even a head."""
    assert ("", "") == (ask(project, "--csv").assert_ok().out, _tabling.text({"rows": []}, Asked(), "agent"))
