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


def test_success_is_of_what_came_to_an_end() -> None:
    """What is pending is no failure; where nothing ended there is no rate."""
    assert (1.0, 0.25, None) == tuple(
        stats.success({"done": done_, "failed": failed, "skipped": skipped})
        for done_, failed, skipped in ((2, 0, 0), (1, 2, 1), (0, 0, 0))
    )
    assert 1.0 == stats.row(run())["success_rate"]


def test_sums_in_words() -> None:
    """Each line adds up, and says of how much nothing is known."""
    lines = stats.summary([run()] * 3)

    assert "runs: 3, tasks: 9 = 6 done + 0 failed + 0 skipped + 3 pending; success: 100% of those at an end" == lines[0]
    assert "attempts: 12, retries: 3; 9 measured worked 1 min 30 s in 1 min 00 s, width 1.5" == lines[1]
    assert "attempts: 3 with tokens + 6 unknown + 3 without a model; tokens: 300 + unknown of 6 attempts" in lines[2]


def test_a_run_is_a_row() -> None:
    """Under its heads; what nobody measured is marked behind the sums that lack it."""
    found = dict(zip(stats.HEADS, stats.cells(run()), strict=True))

    assert ("a1b2", "proof", "3", "2", "100%", "1") == tuple(
        found[head] for head in ("run", "name", "tasks", "done", "success", "retries")
    )
    assert ("1 min 40 s", "30.0 s", "1.5", "22.0 s") == tuple(
        found[head] for head in ("elapsed", "worked", "width", "critical")
    )
    assert ["10+?", "20+?", "30+?", "40+?", "$0.5000+?"] == [found[head] for head in stats.USED_HEADS]


def test_the_critical_path_lies_within_what_elapsed() -> None:
    """Both count from the start of the run, and the wait before the first attempt and the last merge are in both."""
    found = stats.row(record(done("a", attempt(3, 10), settled=14), last=14))

    assert (14.0, 14.0, 7.0) == (found["elapsed_seconds"], found["critical_seconds"], found["wall_seconds"])


def test_batches_are_rows_of_their_run() -> None:
    """Each with its own tasks alone; together they are the run."""
    two = record(done("a", attempt(0, 10), settled=10), done("b", attempt(10, 14), settled=14, group="two"))

    assert [("one", 1, 10.0), ("two", 1, 4.0)] == [
        (one["batch"], one["tasks"], one["worked_seconds"]) for one in stats.batches(two)
    ]
    assert [["a1b2", "one", "1"], ["a1b2", "two", "1"]] == [cells[:3] for cells in stats.batch_cells(two)]
    assert stats.batches(two) == stats.detail(two)["by_batch"]


def test_each_task_has_its_figures() -> None:
    """As values and as a row; one that was never tried has no figures."""
    found = stats.detail(run())["by_task"]
    never = replace(run().tasks[0], attempts=())

    assert [("a", 2), ("b", 1), ("c", 1)] == [(one["task"], one["attempts"]) for one in found]
    assert ["a", "one", "merged", "2", "20.0 s", "10+?", "20+?", "30+?", "40+?", "$0.5000+?"] == (
        stats.task_cells(run().tasks[0])
    )
    assert ["a", "one", "merged", "0", "-", "-", "-", "-", "-", "-"] == stats.task_cells(never)


def test_who_worked() -> None:
    """A row for each executor, agent and model; programs use none."""
    one = record(done("a", attempt(0, 5, executor="shell", by_model=False), settled=5))

    assert [["shell", "-", "-", "1", "5.0 s", "1.0", *["none"] * 5]] == stats.worker_cells(one)
