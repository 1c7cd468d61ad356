"""The figures of `batch-metrics`."""

from __future__ import annotations

from dataclasses import replace

from batchpack.metrics import stats
from batchpack.metrics.values import Record
from tests.support.records import attempt, done, record, usage


def run() -> Record:
    """Return a run of two tasks with four attempts, one of them measured, one a plain program's."""
    tries = (attempt(0, 10, end="failed", usage=usage()), attempt(10, 20, number=2))
    open_ = replace(done("b", attempt(0, None), settled=0), end="pending", state="in_progress", settled=None)
    return record(done("a", *tries, settled=22), open_, done("c", attempt(0, 10, by_model=False), settled=11))


def test_the_figures_of_a_run_add_up() -> None:
    """Tasks are the sum of their ends, attempts that of what is known of their use."""
    row = stats.row(run())

    assert (3, 2, 0, 0, 1) == tuple(row[key] for key in ("tasks", "done", "failed", "skipped", "pending"))
    assert (4, 1, 1, 3) == tuple(row[key] for key in ("attempts", "retries", "failed_attempts", "measured_attempts"))
    assert (30.0, 20.0, 1.5, 2) == tuple(row[key] for key in ("worked_seconds", "busy_seconds", "width", "peak"))
    assert (1, 2, 1, 100, 0.5) == tuple(
        row["usage"][key] for key in ("measured", "unknown", "without_model", "tokens", "dollars")
    )
    assert (["a"], 22.0) == (row["critical_path"], row["critical_seconds"])


def test_totals_are_sums() -> None:
    """Of every count; time and width are over what was measured, nothing of nothing is unknown."""
    found = stats.totals([run(), run()])

    assert (2, 6, 8, 60.0, 1.5, 200) == (
        found["runs"], found["tasks"], found["attempts"], found["worked_seconds"], found["width"],
        found["usage"]["tokens"],
    )  # fmt: skip
    assert (None, None) == (stats.totals([])["worked_seconds"], stats.totals([])["width"])


def test_tables_are_plain() -> None:
    """Names of others act upon no terminal; old runs are counted, not shown."""
    several = [replace(run(), name="bad\x1b[31m\nname")] * 3
    lines = stats.lines(several, 2)

    assert [] == stats.lines([], None)
    assert 2 == sum("bad name" in line for line in lines)
    assert not any("\x1b" in line for line in lines)
    assert "1 older runs are not shown; --all shows them" == lines[-1]
    assert "runs: 3, tasks: 9 = 6 done + 0 failed + 0 skipped + 3 pending" in lines
    assert "attempts: 3 with tokens + 6 unknown + 3 without a model; tokens: 300 + unknown of 6 attempts" in lines[-2]


def test_each_task_has_its_figures() -> None:
    """As values and as a row."""
    found = stats.detail(run())["by_task"]

    assert [("a", 2), ("b", 1), ("c", 1)] == [(one["task"], one["attempts"]) for one in found]
    assert ["a", "one", "merged", "2", "20.0 s", "100 + unknown of 1 attempt", "$0.5000 + unknown of 1 attempt"] == (
        stats.task_cells(run().tasks[0])
    )
