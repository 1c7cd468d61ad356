"""Reports of batches: evidence on disk, failures in words, what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchpack.tasks import reports
from batchpack.tasks.loading import load
from tests.support.tasks import subtask, write_feature


def reported(tasks: Path, base: Path | None, *made: dict[str, Any], seqs: tuple[str, ...] = ("01",)) -> str:
    """Report subtasks of a feature as batch 2."""
    write_feature(tasks, "f", *made)
    feature = load(tasks, "f")
    return "\n".join(reports.report_lines(feature, 2, reports.results(feature, seqs, base), str(tasks)))


@pytest.mark.parametrize(
    ("deliverable", "there"),
    [
        ("src/a.ts", True), ("src/", True), ("src/*.ts", True), ("**/a.ts", True), ("src/{a,b}.ts", False),
        ("src/b.ts", False), ("lib/*.ts", False), ("src/[id].ts", True), ("src/a.ts (new)", True), ("SRC/A.ts", False),
        ("a login that works", True), ("../elsewhere", True), ("src/a**", True), ("x" * 300, False),
    ],
)  # fmt: skip
def test_evidence(tmp_path: Path, deliverable: str, there: bool) -> None:
    """A completed subtask whose named files are not there failed; prose and paths outside cannot be looked for."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("")
    (tmp_path / "src" / "[id].ts").write_text("")
    text = reported(tmp_path / "t", tmp_path, subtask("f", "01", status="completed", deliverables=[deliverable]))
    assert there == ("## Batch 2 Execution Complete" in text)
    assert there != (f"❌ Subtask 01 - FAILED: marked completed, but missing: {deliverable}" in text)


def test_absolute_deliverable(tmp_path: Path) -> None:
    """A deliverable written with the project's folder is looked for in it."""
    made = subtask("f", "01", status="completed", deliverables=[f"{tmp_path}/src/a.ts"])
    assert "missing" in reported(tmp_path / "t", tmp_path, made)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "blocked", "blocked_reason": "no\ndatabase"}, "no database"),
        ({"status": "blocked"}, "blocked"),
        ({"status": "pending"}, "not completed, still pending"),
        ({"status": "in_progress"}, "not completed, still in_progress"),
    ],
)
def test_failures(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    """What is not completed failed, with the reason that the file gives."""
    text = reported(tmp_path, None, {**subtask("f", "01"), **fields})
    assert f"Status: ❌ ALL FAILED\n\n❌ Subtask 01 - FAILED: {reason}\n" in text


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], "Batch 2 complete. All subtasks of f are completed."),
        ([subtask("f", "02", depends_on=["01"])],
         "Batch 2 complete. Ready to proceed to Batch 3 (subtask 02).\nBatch 3 depends on: 01 (all now satisfied)."),
        ([subtask("f", "02", parallel=True), subtask("f", "03", parallel=True)],
         "Batch 2 complete. Ready to proceed to Batch 3 (subtasks 02, 03)."),
        ([subtask("f", "02", status="blocked"), subtask("f", "03", depends_on=["02"])],
         "Batch 2 complete. Nothing else is ready: 02 (blocked), 03 (waiting: 02)."),
    ],
)  # fmt: skip
def test_next_steps(tmp_path: Path, others: list[dict[str, Any]], expected: str) -> None:
    """The report ends with what may start now, or why nothing may."""
    text = reported(tmp_path, None, subtask("f", "01", status="completed"), *others)
    assert text.endswith(f"### Next Steps:\n{expected}")


def test_without_summary_and_deliverables(tmp_path: Path) -> None:
    """What a subtask does not name is said to be none."""
    text = reported(tmp_path, tmp_path, subtask("f", "01", status="completed", deliverables=[]))
    assert "   - Deliverables: none named\n   - Summary: none\n" in text
