"""Whether subtasks may run side by side: each rule alone, and what to do instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.tasks.loading import load
from batchpack.tasks.safety import BatchCheck, check_batch, next_batch, plan
from batchpack.tasks.values import UnknownTask
from tests.support.tasks import subtask, write_feature

PROJECT = "/project"


def checked(tasks: Path, *fields: dict[str, Any], seqs: tuple[str, ...] = ()) -> BatchCheck:
    """Check a feature of parallel subtasks with some fields given each; all of them unless named."""
    made = [subtask("f", f"{number:02d}", **{"parallel": True, **each}) for number, each in enumerate(fields, 1)]
    write_feature(tasks, "f", *made)
    feature = load(tasks, "f")
    return check_batch(feature, seqs or [s.seq for s in feature.subtasks], PROJECT)


def rules(check: BatchCheck) -> list[tuple[str, tuple[str, ...]]]:
    """Return each violation's rule and tasks."""
    return [(violation.rule, violation.tasks) for violation in check.violations]


def test_safe(tmp_path: Path) -> None:
    """Parallel subtasks without dependencies on each other and with files of their own are safe."""
    found = checked(tmp_path, {}, {}, {})
    assert ((), (("01", "02", "03"),)) == (found.violations, found.split.batches)


def test_dependencies(tmp_path: Path) -> None:
    """A dependency inside the batch, also through a task outside of it, breaks the rule in both directions."""
    found = checked(
        tmp_path, {"depends_on": ["03"]}, {}, {"depends_on": ["02"]}, {"depends_on": ["01"]}, seqs=("02", "4", "01")
    )
    assert [("dependency", ("02", "04")), ("dependency", ("02", "01")), ("dependency", ("04", "01"))] == rules(found)
    assert found.violations[0].text == "04 depends on 02 through others"
    assert found.violations[2].text == "04 depends on 01"
    assert (("02",), ("01",), ("04",)) == found.split.batches


def test_not_parallel(tmp_path: Path) -> None:
    """A subtask that is not parallel breaks the rule with each other, and goes alone in the split."""
    found = checked(tmp_path, {}, {"parallel": False}, {})
    assert [("parallel", ("01", "02")), ("parallel", ("02", "03"))] == rules(found)
    assert (("01", "03"), ("02",)) == found.split.batches


@pytest.mark.parametrize("deliverables", [[], None, ["a login that works"], ["../outside.ts"]])
def test_unknown_deliverables(tmp_path: Path, deliverables: list[str] | None) -> None:
    """A subtask of which nobody knows what it writes is not safe beside any other."""
    found = checked(tmp_path, {"deliverables": deliverables}, {})
    assert [("unknown", ("01", "02"))] == rules(found)
    assert "01" in found.violations[0].text


def test_overlapping_deliverables(tmp_path: Path) -> None:
    """Each overlap is told with both tasks, and the split keeps them apart."""
    found = checked(tmp_path, {"deliverables": ["lib/", "a.md"]}, {"deliverables": ["lib/b.ts", "a.md"]}, {})
    assert ["lib/ and lib/b.ts overlap", "both write a.md"] == [violation.text for violation in found.violations]
    assert [("deliverables", ("01", "02"))] * 2 == rules(found)
    assert (("01", "03"), ("02",)) == found.split.batches


def test_absolute_deliverable_of_the_project(tmp_path: Path) -> None:
    """A deliverable may be written with the project's folder."""
    found = checked(tmp_path, {"deliverables": ["/project/src/a.ts"]}, {"deliverables": ["src/a.ts"]})
    assert [("deliverables", ("01", "02"))] == rules(found)


def test_a_single_one_is_safe(tmp_path: Path) -> None:
    """A batch of one breaks no rule, named once or twice."""
    assert checked(tmp_path, {"parallel": False, "deliverables": []}, {}, seqs=("01", "1")).violations == ()


def test_notes(tmp_path: Path) -> None:
    """What keeps a batch from starting without making it unsafe is noted."""
    found = checked(tmp_path, {"status": "in_progress"}, {}, {"depends_on": ["02"]}, seqs=("01", "03"))
    assert ((), ("01 is in_progress", "03 waits for 02")) == (found.violations, found.notes)


def test_unknown_task(tmp_path: Path) -> None:
    """A sequence that is not there is told."""
    with pytest.raises(UnknownTask, match="Task 09 not found in f"):
        checked(tmp_path, {}, seqs=("01", "09"))


def test_circle(tmp_path: Path) -> None:
    """Subtasks in a circle are violations and cannot be placed."""
    found = checked(tmp_path, {"depends_on": ["02"]}, {"depends_on": ["01"]}, {})
    assert ([("dependency", ("01", "02"))] * 2, ("01", "02")) == (rules(found), found.split.unplaced)


def test_plan_and_next_batch(tmp_path: Path) -> None:
    """The plan covers the whole feature; the next batch is what may start now, side by side."""
    checked(
        tmp_path, {"status": "completed"}, {"deliverables": ["a.md"]}, {"deliverables": ["a.md"]},
        {"depends_on": ["01"]}, {"depends_on": ["04"]},
    )  # fmt: skip
    feature = load(tmp_path, "f")
    assert (("01", "02"), ("03", "04"), ("05",)) == plan(feature, PROJECT).batches
    assert next_batch(feature, PROJECT) == ("02", "04")


def test_doubled_sequence_does_not_break_the_plan(tmp_path: Path) -> None:
    """A sequence that two files have has no place in the plan, nor has what waits for it; the rest has."""
    checked(tmp_path, {}, {})
    (tmp_path / "f" / "subtask_03.json").write_text((tmp_path / "f" / "subtask_02.json").read_text())
    (tmp_path / "f" / "subtask_04.json").write_text(json.dumps(subtask("f", "04", depends_on=["02"])))
    found = plan(load(tmp_path, "f"), PROJECT)
    assert ((("01",),), ("02", "04")) == (found.batches, found.unplaced)
