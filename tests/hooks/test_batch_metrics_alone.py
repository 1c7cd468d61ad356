"""The metrics script by itself: what it measures, what it calls unknown, and what it leaves out."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger
from batchpack.collector import Portion, Session, Source, Used
from batchpack.ledger import ATTEMPT
from tests.support.project import ROOT, Outcome, Project

SCRIPT = ROOT / "hooks" / "batch-metrics.py"
PAGES = [SCRIPT, ROOT / "hooks" / "batch_metrics_alone.py"]
NO_PACK = "/usr/bin:/bin"
RUN = "20261121T100000-ab12"


def at(seconds: float) -> str:
    """Write a moment so many seconds after ten o'clock, as journals do."""
    return f"2026-11-21T10:{int(seconds) // 60:02d}:{seconds % 60:06.3f}Z"


def event(name: str, seconds: float, **facts: object) -> dict[str, Any]:
    """Make a journal's event."""
    return {"at": at(seconds), "event": name, **facts}


def begin(project: Project) -> dict[str, Any]:
    """Make the first event of a run of two batches."""
    agents = ["architect", "explorer", "debugger"]
    return event("run_started", 0, run=RUN, project=str(project.folder), host="opencode", agents=agents, batches=2)


def stats(project: Project, *words: str, env: dict[str, str] | None = None) -> Outcome:
    """Run the script where the pack's program is nowhere."""
    return project.execute([sys.executable, str(SCRIPT), *words], env={"PATH": NO_PACK, **(env or {})})


def record(project: Project, events: list[dict[str, Any]], run: str = RUN, root: Path | None = None) -> Path:
    """Write a run's folder and its line in the index."""
    root = root or project.folder / ".batchpack"
    folder = root / "runs" / run
    folder.mkdir(parents=True)
    batches = [{"number": 1, "tasks": ["architect", "explorer"]}, {"number": 2, "tasks": ["debugger"]}]
    (folder / "plan.json").write_text(json.dumps({"batches": batches}))
    (folder / "journal.jsonl").write_text("".join(json.dumps(one) + "\n" for one in events))
    index(project, {"run": run, "root": str(root), "project": str(project.folder), "host": "opencode"})
    return folder


def index(project: Project, line: object) -> None:
    """Append a line to the index of runs."""
    file = project.home / ".local/state/batchpack/runs.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as stream:
        stream.write((line if isinstance(line, str) else json.dumps(line)) + "\n")


def usual(project: Project) -> list[dict[str, Any]]:
    """Return the journal of a run: two agents at once for 10 and 20 s, one that is silent and fails."""
    return [
        begin(project),
        event("task_started", 5, task="architect", batch=1, attempt=1),
        event("task_started", 5, task="explorer", batch=1, attempt=1),
        event("result", 15, task="architect", attempt=1, status="DONE"),
        event("result", 25, task="explorer", attempt=1, status="DONE_WITH_CONCERNS"),
        event("task_started", 30, task="debugger", batch=2, attempt=1),
        event("task_failed", 90, task="debugger", attempt=1, reason="no result"),
    ]


def test_a_run_is_measured_from_first_start_to_last_result(project: Project) -> None:
    """Agent time is the sum, wall time the span, overlap their ratio; an agent without result has no time."""
    record(project, usual(project))

    run = stats(project, "--stats", "--json").json()["runs"][0]

    assert (30.0, 20.0, 1.5) == (run["agent_seconds"], run["wall_seconds"], run["overlap"])
    assert [10.0, 20.0, None] == [task["seconds"] for task in run["tasks"]]
    assert (2, 3, 2, 1, 0, 0) == tuple(
        run[key] for key in ("batches", "agents", "done", "failed", "skipped", "pending")
    )


def test_the_table_and_its_totals_add_up(project: Project) -> None:
    """People see a line a run, and totals in which agents = done + failed + skipped + pending."""
    record(project, usual(project))

    out = stats(project, "--stats").assert_ok().out

    assert f"{RUN}" in out
    assert "runs: 1, batches: 2, agents: 3 = 2 done + 1 failed + 0 skipped + 0 pending" in out
    assert "runs measured: 1; agents worked 30.0 s in 20.0 s, overlap 1.5x" in out


def test_time_runs_over_all_attempts(project: Project) -> None:
    """An agent's time goes from its first start to its last result, and its attempts are counted."""
    events = [
        begin(project),
        event("task_started", 0, task="architect", batch=1, attempt=1),
        event("result", 4, task="architect", attempt=1, status="NEEDS_CONTEXT"),
        event("task_started", 5, task="architect", batch=1, attempt=2),
        event("result", 9, task="architect", attempt=2, status="DONE"),
        event("task_failed", 10, task="architect", attempt=2, reason="done stays done"),
    ]
    record(project, events)

    task = stats(project, "--json").json()["runs"][0]["tasks"][0]

    assert {"task": "architect", "batch": 1, "attempts": 2, "end": "done", "seconds": 9.0} == task


def test_a_late_result_counts_once_it_is_accepted(project: Project) -> None:
    """A late result alone leaves the agent failed; its acceptance makes it done."""
    late = [
        begin(project),
        event("task_started", 0, task="architect", batch=1, attempt=1),
        event("task_failed", 5, task="architect", attempt=1, reason="no result"),
        event("result", 8, task="architect", attempt=1, status="DONE", late=True),
    ]
    record(project, late)
    record(project, [*late, event("result_accepted", 9, task="architect")], "20261121T110000-cd34")

    runs = stats(project, "--json").json()["runs"]

    assert ["failed", "done"] == [run["tasks"][0]["end"] for run in runs]


def test_what_is_put_into_a_later_batch_is_pending_again(project: Project) -> None:
    """A failed or skipped agent that a resume puts into a batch behind the last counts as pending, in that batch."""
    events = [
        begin(project),
        event("task_started", 0, task="architect", batch=1, attempt=1),
        event("result", 3, task="architect", attempt=1, status="DONE"),
        event("task_failed", 5, task="explorer", attempt=1, reason="no result"),
        event("task_skipped", 5, task="debugger", reason="it needs explorer"),
        event("batch_added", 6, batch=3, tasks=["architect", "explorer", 7]),
        event("batch_added", 6, batch=4, tasks="debugger"),
    ]
    record(project, events)

    run = stats(project, "--json").json()["runs"][0]

    ends = {task["task"]: (task["batch"], task["end"]) for task in run["tasks"]}
    assert {"architect": (1, "done"), "explorer": (3, "pending"), "debugger": (2, "skipped")} == {
        name: ends[name] for name in ("architect", "explorer", "debugger")
    }
    assert 4 == run["batches"]


def test_unknown_is_said_not_guessed(project: Project) -> None:
    """A run whose agents are still at work has no times: the table says unknown and the JSON null."""
    record(project, [begin(project), event("task_started", 1, task="architect", batch=1, attempt=1)])

    assert stats(project).assert_ok().out.count("unknown") >= 3
    assert stats(project, "--json").json()["totals"]["agent_seconds"] is None


def test_a_clock_set_back_gives_no_negative_time(project: Project) -> None:
    """A result from before its start has an unknown duration."""
    start = event("task_started", 50, task="architect", batch=1, attempt=1)
    record(project, [begin(project), start, event("result", 10, task="architect", attempt=1, status="DONE")])

    assert stats(project, "--json").json()["runs"][0]["tasks"][0]["seconds"] is None


def test_empty_state_says_how_to_make_some(project: Project) -> None:
    """Without any run the reader learns two ways to make one."""
    out = stats(project, "--stats").assert_ok().out

    assert "/batch-run" in out
    assert "batchpack demo" in out


def test_runs_of_osa_are_found_without_an_index(project: Project) -> None:
    """What lies in ~/.osa/work/batches is shown even when the index is gone."""
    record(project, usual(project), root=project.home / ".osa/work/batches")
    shutil.rmtree(project.home / ".local")

    assert 1 == stats(project, "--json").json()["totals"]["runs"]


def test_runs_of_this_project_are_found_without_an_index(project: Project) -> None:
    """A run that a sandbox kept out of the index is found from its project's folder."""
    record(project, usual(project))
    shutil.rmtree(project.home / ".local")

    assert 1 == stats(project, "--json").json()["totals"]["runs"]


def test_a_run_known_twice_counts_once(project: Project) -> None:
    """A run that is in the index twice, and once through a link, is one run."""
    record(project, usual(project), root=project.home / ".osa/work/batches")
    (project.home / "link").symlink_to(project.home / ".osa/work/batches")
    index(project, {"run": RUN, "root": str(project.home / "link"), "project": str(project.folder)})

    assert 1 == stats(project, "--json").json()["totals"]["runs"]


def test_one_project_can_be_asked_for(project: Project) -> None:
    """With --project only that project's runs count, its own folder of runs included."""
    record(project, usual(project))
    other = event("run_started", 0, project="/elsewhere", agents=["debugger"], batches=1)
    record(project, [other], "20261121T120000-ef56", project.home / "other")

    totals = stats(project, "--json", "--project", str(project.folder)).json()["totals"]

    assert 1 == totals["runs"]
    assert 2 == stats(project, "--json").json()["totals"]["runs"]


def test_one_run_is_shown_agent_by_agent(project: Project) -> None:
    """--run shows the agents of one run; an unknown one is a clear error."""
    record(project, usual(project))

    rows = stats(project, "--run", RUN).assert_ok().out.splitlines()

    assert ["architect  1      1         done    10.0 s", "explorer   1      1         done    20.0 s"] == rows[1:3]
    assert rows == stats(project, "--run", RUN.rpartition("-")[2]).assert_ok().out.splitlines()
    stats(project, "--run", "nope").assert_failed("there is no run nope", "batch-metrics --all")
    record(project, usual(project), run=f"x{RUN}")
    stats(project, "--run", RUN.rpartition("-")[2]).assert_failed("there are 2 runs", "batch-metrics --all")


def test_only_the_newest_runs_are_shown_and_all_on_demand(project: Project) -> None:
    """Twenty runs are shown, the totals count all, and --all shows them."""
    for number in range(23):
        record(project, [begin(project)], f"20261121T1000{number:02d}-ab12")

    out = stats(project).assert_ok().out

    assert 20 == out.count("-ab12")
    assert "3 older runs are not shown" in out
    assert "runs: 23," in out
    assert 23 == stats(project, "--all").assert_ok().out.count("-ab12")


def test_hostile_text_is_made_harmless(project: Project) -> None:
    """Terminal escapes and text that turns direction in names never reach the terminal."""
    evil = "\x1b]0;owned\x07\x1b[31m\u202egnp.exe\n"
    first = event("run_started", 0, project=f"/p/{evil}", agents=[evil], batches=1)
    folder = record(project, [first, event("task_started", 1, task=evil, batch=1, attempt=1)])
    (folder / "plan.json").unlink()

    for words in ((), ("--run", RUN)):
        out = stats(project, *words).assert_ok().out
        assert not set("\x1b\x07\u202e") & set(out)
    assert "\x1b" not in stats(project, "--json").assert_ok().out


BROKEN_LINES = (
    "not json",
    "[1, 2]",
    "[" * 5000,
    json.dumps({"run": "../../etc", "root": "/"}),
    json.dumps({"run": RUN, "root": 7}),
    json.dumps({"run": ["x"], "root": "/"}),
    json.dumps({"run": RUN, "root": "/\0"}),
    json.dumps({"run": RUN, "root": "/\ud800"}),
    json.dumps({"root": "/"}),
)


@pytest.mark.parametrize("line", BROKEN_LINES, ids=lambda line: line[:24])
def test_a_broken_index_line_is_left_out_and_counted(project: Project, line: str) -> None:
    """Whatever stands in the index, the rest is shown and the broken line counted."""
    record(project, usual(project))
    index(project, line)

    facts = stats(project, "--json").json()

    assert (1, 1) == (facts["totals"]["runs"], facts["left_out"]["broken_lines"])
    assert "left out: 1 broken lines" in stats(project).assert_ok().out


BROKEN_EVENTS: tuple[dict[str, Any], ...] = (
    {"event": ["x"], "task": "architect"},
    {"event": "result", "task": "architect", "status": {"a": 1}, "at": "yesterday"},
    {"event": "task_started", "task": "architect", "batch": "one", "at": 7},
    {"event": "task_started", "task": {"a": 1}},
    {"event": "result", "task": "\ud800", "status": "DONE", "at": "9999-99-99"},
)


@pytest.mark.parametrize("broken", BROKEN_EVENTS, ids=lambda one: str(one["event"]) + str(len(one)))
def test_an_odd_event_never_stops_the_show(project: Project, broken: dict[str, Any]) -> None:
    """Events of a shape that nobody wrote are taken for what they are worth, in every view."""
    record(project, [begin(project), broken])

    for words in ((), ("--json",), ("--run", RUN)):
        stats(project, *words, env={"LC_ALL": "C", "PYTHONUTF8": "0"}).assert_ok()


def test_gone_and_broken_runs_are_counted_apart(project: Project) -> None:
    """A run whose folder is gone and one whose journal cannot be used are told, each by its kind."""
    shutil.rmtree(record(project, usual(project)))
    record(project, [event("task_started", 0)], "20261121T100001-0001")
    fifo = record(project, [], "20261121T100002-0002") / "journal.jsonl"
    fifo.unlink()
    os.mkfifo(fifo)

    left = stats(project, "--json").json()["left_out"]

    assert {"broken_lines": 0, "broken_runs": 2, "gone_runs": 1, "work_runs": 0} == left


def test_a_plan_that_is_a_pipe_keeps_nobody_waiting(project: Project) -> None:
    """What the plan would say is unknown then, and the run is shown by its journal."""
    fifo = record(project, usual(project)) / "plan.json"
    fifo.unlink()
    os.mkfifo(fifo)

    (run,) = stats(project, "--json").json()["runs"]

    assert (None, True) == (run["batches"], run["agents"] > 0)


def test_a_reader_that_leaves_early_is_no_error(project: Project) -> None:
    """A closed pipe ends the script in silence."""
    record(project, usual(project))
    command = f"{sys.executable} {SCRIPT} --json | true"

    done = project.execute(["bash", "-o", "pipefail", "-c", command], env={"PATH": NO_PACK})

    assert (0, "", "") == (done.code, done.out, done.err)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_it_is_readable_for_python_3_8(path: Path) -> None:
    """The script parses as Python 3.8 and imports the standard library only, but for its own second half."""
    page = ast.parse(path.read_text(), feature_version=(3, 8))
    imports = {alias.name for node in ast.walk(page) if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module or "" for node in ast.walk(page) if isinstance(node, ast.ImportFrom)}

    names = {one.partition(".")[0] for one in imports | froms}
    assert names <= {*sys.stdlib_module_names, "batch_metrics_alone"}


def test_what_models_used_is_read_from_the_ledger(project: Project) -> None:
    """By host and model, as the program sums it; a request that tells of a whole session counts only without others."""
    one, two = Session("opencode", "s"), Session("claude", "s")
    facts = (
        Used(one, "a", 1_795_000_000.0, "m\x1b[31m", input=1000, output=20, cache_read=3, write_5m=4, write_1h=5),
        Used(one, f"{ATTEMPT}r:t:1", 1_795_000_000.0, "m", input=999),
        Used(two, f"{ATTEMPT}r:t:2", 1_795_000_000.0, "n", input=7),
    )
    with ledger.open(project.home / ".local/state/batchpack/metrics.sqlite") as book:
        book.take("test", Source("k", "1"), Portion(facts, {}), None)
        totals = book.totals(("host", "model"))

    used = stats(project, "--json").json()["used"]
    out = stats(project).assert_ok().out

    assert [("claude", 7), ("opencode", 1000)] == [(row["host"], row["input"]) for row in used]
    assert [(row.key, row.requests, row.input, row.output, row.cache_read, row.write_5m + row.write_1h)
            for row in totals] == [(tuple(row.values())[:2], *tuple(row.values())[2:]) for row in used]  # fmt: skip
    assert "1,000" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("text", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000], ids=len)
def test_a_broken_ledger_is_nobodys_end(project: Project, text: bytes) -> None:
    """What is no ledger is passed over and left as it is."""
    path = project.home / ".local/state/batchpack/metrics.sqlite"
    path.parent.mkdir(parents=True)
    path.write_bytes(text)

    assert [] == stats(project, "--json").json()["used"]
    assert (text, [path.name]) == (path.read_bytes(), [one.name for one in path.parent.iterdir()])


def test_it_leaves_nothing_in_its_folder(project: Project) -> None:
    """No compiled code lies beside it afterwards."""
    folder = project.folder / "hooks"
    folder.mkdir()
    for page in PAGES:
        shutil.copy(page, folder)

    project.execute([sys.executable, str(folder / SCRIPT.name)], env={"PATH": NO_PACK}).assert_ok()

    assert {page.name for page in PAGES} == {path.name for path in folder.iterdir()}


def test_it_starts_quickly(project: Project) -> None:
    """It takes less than 50 ms of processor time beyond the interpreter's own, at best of five."""

    def best(words: list[str]) -> float:
        times = []
        for _ in range(5):
            before = os.times()
            project.execute([sys.executable, *words], env={"PATH": NO_PACK}).assert_ok()
            after = os.times()
            times.append(sum(after[2:4]) - sum(before[2:4]))
        return min(times)

    assert best([str(SCRIPT), "--stats"]) - best(["-c", "pass"]) < 0.05
