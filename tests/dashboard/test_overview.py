"""The list of runs: figures as in the report, nothing of others interpreted, one broken run harms no other."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from batchpack.dashboard import overview
from batchpack.dashboard.overview import Overview
from batchpack.dashboard.runs import Runs
from batchpack.execution.journal import Draft
from tests.execution.ground import task
from tests.metrics.test_page import HOSTILE, hostile
from tests.support.records import began, judged, usage, written

USED = {**usage()._asdict(), "tokens": 100}


def page(project: Path) -> tuple[str, ET.Element]:
    """Return the page of a project's runs, as text and, without its script, as XML, which forgives nothing."""
    tag, words = Overview(Runs(project, ())).look()
    text = overview.text(words, tag)
    return text, ET.fromstring(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))


def cells(row: ET.Element) -> list[str]:
    """Return the words of a row's cells."""
    return ["".join(cell.itertext()).strip() for cell in row if cell.tag in {"th", "td"}]


def test_a_row_says_what_a_run_came_to(tmp_path: Path) -> None:
    """Its id and name, its standing, its tasks by their end, times, tokens and cost."""
    events = [
        (1, began("a")), (3, judged("a", usage=USED)), (4, began("b")), (5, judged("b", verdict="failed")),
        (6, Draft("abandoned", "b", 1, {"reason": "no"})), (7, Draft("finished", facts={"counts": {}, "reason": ""})),
    ]  # fmt: skip
    run = written(tmp_path, [task("a"), task("b"), task("c")], events)

    _, root = page(tmp_path)

    row = root.find(f".//tr[@id='run-{run.id}']")
    assert row is not None
    found = cells(row)
    assert [f"{run.id}proof", "✗ finished3 tasks: 1 done, 1 failed, 1 pendingby batchpack run with shell"] == found[:2]
    assert ["7.0 s", "1.0", "100 + unknown of 1 attempt", "$0.5000 + unknown of 1 attempt"] == found[3:]
    assert [("done", "0.0%", "33.33%"), ("failed", "33.33%", "33.33%")] == [
        (one.get("class"), one.get("x"), one.get("width")) for one in row.iter("rect")
    ]
    assert [f"runs/{run.id}/"] == [one.get("href") for one in row.iter("a")]


def test_hostile_names_stay_texts(tmp_path: Path) -> None:
    """A plan's name cannot bring a script, an image or a handler with it."""
    record = hostile(tmp_path)
    plan = record.folder / "plan.json"
    row = overview.row(record)
    broken = record.folder.with_name("20270101T000000-ffff")
    broken.mkdir()
    (broken / "run.json").write_text(plan.read_text())

    text, root = page(tmp_path)

    assert not {"img", "iframe", "object", "base", "form"} & {one.tag for one in root.iter()}
    assert HOSTILE not in text
    assert "proof" == row.name


def test_a_run_that_cannot_be_read_is_told_beside_the_others(tmp_path: Path) -> None:
    """It has a row that says so; the others have theirs."""
    good = written(tmp_path, [task("a")], [])
    broken = good.folder.with_name("20270101T000000-ffff")
    broken.mkdir()
    (broken / "run.json").write_text('{"kind": "work"}')

    _, root = page(tmp_path)

    rows = {str(one.get("id")): cells(one) for one in root.iter("tr") if one.get("id")}
    assert [f"run-{broken.name}", f"run-{good.id}"] == list(rows)
    assert "unreadable" in rows[f"run-{broken.name}"][1]


def test_without_runs_it_says_how_to_begin(tmp_path: Path) -> None:
    """And that what begins appears by itself."""
    text, _ = page(tmp_path)

    assert "There is no run yet." in text
    assert "batchpack run plan.yaml" in text


def test_the_newest_hundred_are_shown(tmp_path: Path) -> None:
    """How many are left out is said, with the command that lists them."""
    for number in range(103):
        (tmp_path / f".batchpack/runs/20260101T000{number:03d}-aaaa").mkdir(parents=True)

    text, root = page(tmp_path)

    assert 100 == sum(str(one.get("id")).startswith("run-") for one in root.iter("tr"))
    assert "3 older runs are not shown" in text
