"""What `batch-metrics.py` shows by itself: runs from their journals, only what was measured, "unknown" for the rest.

Standard library only, Python 3.8 or newer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import stat
import sys
from contextlib import closing
from datetime import datetime, timezone
from typing import Any, Dict, Iterator

SCHEMA = 1
SHOWN = 20
BIGGEST = 64 * 1024 * 1024
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
GOOD = ("DONE", "DONE_WITH_CONCERNS")
ENDS = ("done", "failed", "skipped", "pending")
ENDED = {"result_accepted": "done", "task_failed": "failed", "task_skipped": "skipped"}
EMPTY = """No runs are recorded yet.
  Make one: type /batch-run "what you want" in your host, or see one without a host: batchpack demo"""
ALONE = "The program batch-metrics was not found; it shows more: tokens and cost of each run, retries, savings."
USED = """SELECT s.host, m.name, sum(requests), sum(input), sum(output), sum(cache_read), sum(write_5m + write_1h)
    FROM rollup f JOIN thread t ON t.id = f.thread JOIN session s ON s.id = t.session JOIN model m ON m.id = f.model
    WHERE f.summary = 0 OR s.own = 0 GROUP BY 1, 2 ORDER BY 1, 2"""
USED_HEADS = ["host", "model", "requests", "input", "output", "cache_read", "cache_write"]

Left = Dict[str, int]  # what had to be left out, counted by kind


def state_folder() -> str:
    """Return where the pack keeps what it knows of this user."""
    xdg = os.environ.get("XDG_STATE_HOME", "")
    return os.path.join(xdg if xdg.startswith("/") else os.path.expanduser("~/.local/state"), "batchpack")


def used() -> list[dict[str, Any]]:
    """Return what models used by host, as the program last collected it; nothing where that cannot be read."""
    path = os.path.join(state_folder(), "metrics.sqlite")
    if not os.path.isfile(path):
        return []
    import sqlite3
    from urllib.parse import quote

    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)) as database:
            return [dict(zip(USED_HEADS, row)) for row in database.execute(USED)]
    except sqlite3.Error:
        return []


def objects(path: str, left: Left) -> Iterator[dict[str, Any]]:
    """Read a file of JSON objects, one a line, leaving out what is none; raises OSError for no regular file."""
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode) or found.st_size > BIGGEST:
        raise OSError("not a regular file, or too big")
    with open(path, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                yield value
            elif line.strip():
                left["broken_lines"] += 1


def index(project: str | None, left: Left) -> dict[str, dict[str, Any]]:
    """Return the known runs, real folder → index line: from the index, and from the roots that hold runs anyway."""
    found: dict[str, dict[str, Any]] = {}
    try:
        for line in objects(os.path.join(state_folder(), "runs.jsonl"), left):
            try:
                if not RUN_ID.match(line["run"]):
                    raise ValueError(line["run"])
                found[os.path.realpath(os.path.join(line["root"], "runs", line["run"]))] = line
            except (KeyError, TypeError, ValueError):
                left["broken_lines"] += 1
    except OSError:
        pass  # nothing was run yet
    for root in (os.path.expanduser("~/.osa/work/batches"), os.path.join(project or ".", ".batchpack")):
        runs = os.path.join(root, "runs")
        for run in sorted(os.listdir(runs) if os.access(runs, os.R_OK) and os.path.isdir(runs) else ()):
            if RUN_ID.match(run):
                found.setdefault(os.path.realpath(os.path.join(runs, run)), {})
    return found


def moment(event: dict[str, Any]) -> float | None:
    """Return an event's time in seconds, None when it has none that can be read."""
    try:
        when = datetime.fromisoformat(str(event.get("at", "")).replace("Z", "+00:00"))
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None


def planned(folder: str, start: dict[str, Any]) -> tuple[dict[str, int], int | None]:
    """Return the planned tasks with their batch, and the number of batches; where plan.json can be read."""
    path = os.path.join(folder, "plan.json")
    try:
        with open(path if os.path.isfile(path) else "", encoding="utf-8") as stream:  # a pipe would keep us waiting
            batches = json.load(stream)["batches"]
        return {str(task): int(batch["number"]) for batch in batches for task in batch["tasks"]}, len(batches)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        agents = start.get("agents")
        return dict.fromkeys(map(str, agents), 0) if isinstance(agents, list) else {}, None


class Task:
    """What the journal says of one agent."""

    def __init__(self, batch: int) -> None:
        self.batch, self.attempts, self.end = batch, 0, "pending"
        self.begun: float | None = None
        self.handed_in: float | None = None

    def take(self, event: dict[str, Any]) -> None:
        """Take in one event; what is done stays done, and a late result counts when it was accepted."""
        what = str(event.get("event"))
        if self.end == "done":
            return
        if what == "task_started":
            self.attempts += 1
            self.begun = moment(event) if self.begun is None else self.begun
        elif what == "result":
            self.handed_in = moment(event)
            self.end = self.end if event.get("late") else "done" if event.get("status") in GOOD else "pending"
        self.batch = event["batch"] if isinstance(event.get("batch"), int) else self.batch
        self.end = "pending" if what in ("task_started", "batch_added") else ENDED.get(what, self.end)

    def span(self) -> tuple[float, float] | None:
        """Return the moments of its first start and last result; None when one of them is unknown."""
        begun, end = self.begun, self.handed_in
        return None if begun is None or end is None or end < begun else (begun, end)

    def row(self, name: str) -> dict[str, Any]:
        """Return what is known of the agent, its time in seconds."""
        span = self.span()
        known = {"task": name, "batch": self.batch, "attempts": self.attempts, "end": self.end}
        return {**known, "seconds": span and span[1] - span[0]}


def measure(folder: str, line: dict[str, Any], left: Left) -> dict[str, Any]:
    """Return the figures of one run; raises OSError when its journal cannot be read, ValueError when it is no run."""
    events = list(objects(os.path.join(folder, "journal.jsonl"), left))
    start: dict[str, Any] = next((event for event in events if event.get("event") == "run_started"), {})
    if not start:
        raise ValueError("no run was started here")
    names, batches = planned(folder, start)
    added = sum(event.get("event") == "batch_added" for event in events)
    tasks = {name: Task(batch) for name, batch in names.items()}
    for event in events:
        several = event.get("event") == "batch_added" and isinstance(event.get("tasks"), list)
        for name in event["tasks"] if several else [event.get("task")]:
            if isinstance(name, str):
                tasks.setdefault(name, Task(0)).take(event)
    spans = [span for span in (task.span() for task in tasks.values()) if span]
    return {
        "run": os.path.basename(folder),
        **{key: str(start.get(key) or line.get(key) or "unknown") for key in ("project", "host")},
        "started": moment(start),
        "batches": None if batches is None else batches + added,
        "agents": len(tasks),
        **{end: sum(task.end == end for task in tasks.values()) for end in ENDS},
        **durations(spans),
        "tasks": [task.row(name) for name, task in tasks.items()],
    }


def durations(spans: list[tuple[float, float]]) -> dict[str, float | None]:
    """Return the sum of the agents' times, the time from the first start to the last result, and their ratio."""
    agent = sum(end - begin for begin, end in spans) if spans else None
    wall = max(end for _, end in spans) - min(begin for begin, _ in spans) if spans else None
    overlap = agent / wall if agent is not None and wall else None
    return {"agent_seconds": agent, "wall_seconds": wall, "overlap": overlap}


def collect(project: str | None) -> tuple[list[dict[str, Any]], Left]:
    """Return the figures of all runs (of one project), oldest first, and what was left out."""
    left, runs = dict.fromkeys(("broken_lines", "broken_runs", "gone_runs", "work_runs"), 0), []
    for folder, line in index(project, left).items():
        try:
            run = measure(folder, line, left)
            if project is None or os.path.realpath(run["project"]) == os.path.realpath(project):
                runs.append(run)
        except (OSError, ValueError):
            work = os.path.exists(os.path.join(folder, "journal.sqlite"))  # the program of this name reads those
            left["work_runs" if work else "broken_runs" if os.path.isdir(folder) else "gone_runs"] += 1
    return sorted(runs, key=lambda run: (run["started"] or 0, run["run"])), left


def totals(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Add runs up; a time is the sum over the runs where it was measured, None when there is none."""
    known = [run for run in runs if run["agent_seconds"] is not None]
    counts = {key: sum(run[key] or 0 for run in runs) for key in ("batches", "agents", *ENDS)}
    agent, wall = (sum(run[key] for run in known) if known else None for key in ("agent_seconds", "wall_seconds"))
    overlap = agent / wall if agent is not None and wall else None
    times = {"agent_seconds": agent, "wall_seconds": wall, "overlap": overlap, "measured_runs": len(known)}
    return {"runs": len(runs), **counts, **times}


def plain(value: object) -> str:
    """Return a text with nothing in it that a terminal would act upon."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value))[:60]


def clock(seconds: float | None) -> str:
    """Write a duration for people."""
    if seconds is None:
        return "unknown"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min {rest:02d} s"


def table(rows: list[list[str]]) -> str:
    """Set rows in columns, the first row being their heads."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def run_row(run: dict[str, Any]) -> list[str]:
    """Write one run as a row."""
    when = "unknown" if run["started"] is None else datetime.fromtimestamp(run["started"]).strftime("%Y-%m-%d %H:%M")
    project = os.path.basename(run["project"].rstrip("/")) or run["project"]
    batches = "unknown" if run["batches"] is None else run["batches"]
    counts = [run["agents"], *(run[end] for end in ENDS)]
    return [plain(cell) for cell in (run["run"], when, project, batches, *counts, *run_times(run))]


def run_times(facts: dict[str, Any]) -> list[str]:
    """Write the times of a run, or of all."""
    overlap = "unknown" if facts["overlap"] is None else f"{facts['overlap']:.1f}x"
    return [clock(facts["agent_seconds"]), clock(facts["wall_seconds"]), overlap]


def show(runs: list[dict[str, Any]], left: Left, limit: int) -> str:
    """Write the newest runs, newest last, with the totals of all."""
    lines = [EMPTY]
    if runs:
        heads = ["run", "started", "project", "batches", "agents", *ENDS, "agent time", "wall time", "overlap"]
        sums, (agent, wall, overlap) = totals(runs), run_times(totals(runs))
        ends = " + ".join(f"{sums[end]} {end}" for end in ENDS)
        lines = [
            table([heads, *(run_row(run) for run in runs[-limit:])]) + "\n",
            f"runs: {sums['runs']}, batches: {sums['batches']}, agents: {sums['agents']} = {ends}",
            f"runs measured: {sums['measured_runs']}; agents worked {agent} in {wall}, overlap {overlap}",
        ]
    if len(runs) > limit:
        lines.append(f"{len(runs) - limit} older runs are not shown; --all shows them")
    if any(left.values()):
        lines.append("left out: " + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in left.items()))
    return "\n".join(lines)


def models(rows: list[dict[str, Any]]) -> list[str]:
    """Write what models used, if anything is known of it."""
    cells = [[plain(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row.values()] for row in rows]
    return ["", table([USED_HEADS, *cells])] if rows else []


def detail(run: dict[str, Any]) -> str:
    """Write one run, an agent a line."""
    rows = [["agent", "batch", "attempts", "end", "time"]]
    for task in sorted(run["tasks"], key=lambda task: task["batch"]):
        rows.append([plain(task[key]) for key in ("task", "batch", "attempts", "end")] + [clock(task["seconds"])])
    return table(rows)


def main(asked: argparse.Namespace) -> int:
    """Show the figures that are asked for; returns the exit code: 0 fine, 1 for a run that is not there."""
    runs, left = collect(asked.project)
    if asked.run is not None:
        runs = [run for run in runs if asked.run in (run["run"], run["run"].rpartition("-")[2])]
        if len(runs) != 1:
            found = f"there are {len(runs)} runs" if runs else "there is no run"
            print(f"Error: {found} {plain(asked.run)}\n  see them all: batch-metrics --all", file=sys.stderr)
            return 1
    if asked.json:
        facts = {"runs": runs, "totals": totals(runs), "left_out": left, "used": used()}
        text = json.dumps({"schema": SCHEMA, "alone": True, **facts}, indent=2)
    elif asked.run is not None:
        text = detail(runs[0])
    else:
        text = "\n".join([show(runs, left, len(runs) if asked.all else SHOWN), *models(used()), "", ALONE])
    try:
        print(text.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"), flush=True)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
