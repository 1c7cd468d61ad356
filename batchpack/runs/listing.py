"""The list of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.runs import index, store, wording
from batchpack.runs.state import Counts
from batchpack.runs.store import Run


@dataclass(frozen=True, slots=True)
class Row:
    """One run of a list; `counts` is None and `standing` says why when it cannot be read."""

    run: str
    project: str
    host: str | None
    started: str
    standing: str
    counts: Counts | None
    request: str


def rows(project: Path | None) -> list[Row]:
    """Return the runs of a project, or of all projects, newest first."""
    folders = store.of_project(project) if project else {entry.folder for entry in index.entries()}
    return [_work_row(folder) or _row(Run(folder)) for folder in sorted(folders, key=store.age, reverse=True)]


def _work_row(folder: Path) -> Row | None:
    """Describe a run of `batchpack run` by the copy of its state; None for a run of a host."""
    try:
        facts = json.loads((folder / "run.json").read_bytes())
        if facts.get("kind") != "work":
            return None
        plan = json.loads((folder / "plan.json").read_bytes())
    except (OSError, ValueError, AttributeError):
        return None
    try:
        counts, standing = _work_state(folder, len(plan["tasks"]))
        return Row(folder.name, facts["project"], None, facts["started"], standing, counts, plan["name"])
    except (KeyError, TypeError, AttributeError):
        return Row(folder.name, "", None, "", f"unreadable: what is in {folder} is not as it was written", None, "")


def _work_state(folder: Path, tasks: int) -> tuple[Counts, str]:
    """Return the counts of a run of work, and whether it is finished; before its first stop all is open."""
    try:
        state = json.loads((folder / "state.json").read_bytes())
        found = state["counts"]
    except (OSError, ValueError, KeyError):
        return Counts(tasks, 0, 0, 0, tasks), "open"
    done = found.get("merged", 0) + found.get("verified", 0)
    failed, skipped = found.get("abandoned", 0), found.get("skipped", 0)
    counts = Counts(tasks, done, failed, skipped, tasks - done - failed - skipped)
    return counts, "finished" if state.get("finished") else "open"


def _row(run: Run) -> Row:
    """Describe one run."""
    try:
        state, facts = run.state(), run.facts
        standing = "finished" if state.complete() else _open(state.fence)
        return Row(run.id, str(facts.project), facts.host, facts.started, standing, state.counts(), run.plan.request)
    except BrokenFile as error:
        return Row(run.id, "", None, "", f"unreadable: {error.message}", None, "")


def _open(fence: int) -> str:
    """Say that a run is not finished, and whether it was taken over."""
    return "open" if fence == 1 else f"open, fence {fence}"


def table(found: Sequence[Row], *, everywhere: bool) -> list[str]:
    """Write rows under a heading, in columns; the project only where there are several."""
    head = ("RUN", "HOST", "DONE", "FAILED", "SKIPPED", "LEFT", "STANDING", "PROJECT", "REQUEST")
    lines = [line if everywhere else (*line[:-2], line[-1]) for line in (head, *(_cells(row) for row in found))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _cells(row: Row) -> tuple[str, ...]:
    """Write a row's cells."""
    counts = row.counts
    numbers = (counts.done, counts.failed, counts.skipped, counts.pending) if counts else ("?",) * 4
    return (row.run, row.host or "-", *map(str, numbers), row.standing, row.project, wording.cut(row.request, 60))
