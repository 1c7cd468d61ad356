"""A run of work in words: a table for a terminal, a line an event for a log, and the summary at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from batchpack import plaintext
from batchpack.execution.journal import Event
from batchpack.execution.state import State
from batchpack.execution.view import Row, View
from batchpack.workplan.values import WorkPlan

SIGNS = {
    "pending": "·", "in_progress": "▶", "failed": "↻", "verified": "✓", "merged": "✓", "abandoned": "✗",
    "conflict": "↻", "culprit": "↻", "skipped": "-", "cancelled": "■",
}  # fmt: skip
TOLD_LETTERS = 1000
"""How much is told of one event; reasons may hold the names of files that an agent made up."""
ORDER = (
    "in_progress",
    "failed",
    "conflict",
    "culprit",
    "verified",
    "abandoned",
    "pending",
    "cancelled",
    "skipped",
    "merged",
)
"""In which order rows are left out last when there are more than lines."""


def table(view: View, columns: int = 100, lines: int = 40) -> str:
    """Write the table: a row a task in the plan's order, those that matter most where not all find room."""
    rows = _chosen(view.rows, max(lines - 4, 1))
    cells = [_cells(row) for row in rows]
    head = ("", "TASK", "STATE", "TRY", "TIME", "TOKENS")
    widths = [max(len(line[n]) for line in [head, *cells]) for n in range(len(head))]
    out = [_line(head, widths) + "  LAST LINE"]
    for row, line in zip(rows, cells, strict=True):
        out.append(_line(line, widths) + "  " + _words(row))
    left = len(view.rows) - len(rows)
    if left:
        out.append(f"   … and {left} more")
    return "\n".join(line[:columns].rstrip() for line in [*out, "", headline(view)])


def headline(view: View) -> str:
    """Say in one line how far a run is."""
    done = sum(row.state in {"merged", "verified"} for row in view.rows)
    parts = [f"{done} of {len(view.rows)} done", *(f"{number} {name.replace('_', ' ')}" for name, number in
             view.counts.items() if name not in {"merged", "verified"}), f"{duration(view.elapsed)} gone"]  # fmt: skip
    if view.left is not None:
        parts.append(f"about {duration(view.left)} left")
    if view.tokens:
        parts.append(f"{view.tokens:,} tokens")
        parts.append("cost unknown" if view.dollars is None else f"${view.dollars:.2f}")
    if view.pause:
        parts.append(f"paused: {view.pause}")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Write seconds for people: `4.2 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def told(event: Event) -> str:
    """Say one event in a line for a log; empty for one that says nothing to people."""
    tell = _TELL.get(event.name)
    return plaintext.line(tell(event), TOLD_LETTERS) if tell else ""


def _reason(event: Event) -> str:
    """Say an event that has a reason."""
    what = f"{event.task} {event.name}" if event.task else event.name
    return f"{what}: {event.facts.get('reason', '')}"


def _judged(event: Event) -> str:
    """Say how an attempt ended."""
    facts = event.facts
    if facts["verdict"] == "verified":
        commit = f", commit {facts['commit'][:12]}" if facts.get("commit") else ""
        return f"{event.task} verified{commit} ({duration(facts.get('seconds') or 0.0)})"
    return f"{event.task} {facts['verdict']}, attempt {event.attempt}: {facts.get('reason', '')}"


def batch_result(state: State, plan: WorkPlan, *, layer: str, number: int, names: Sequence[str]) -> dict[str, Any]:
    """Return a batch's result in the keys that layer agents read."""
    tasks = [state.tasks[name] for name in names]
    abandoned = [task.name for task in tasks if task.status == "abandoned"]
    found: dict[str, Any] = {
        "batch_number": number,
        "layer": layer,
        "tasks_total": len(tasks),
        "verified": [task.name for task in tasks if task.status in {"verified", "merged"}],
        "failed": [task.name for task in tasks if task.status in {"failed", "conflict", "culprit"}],
        "abandoned": abandoned,
        "merge_queue_ready": sum(task.status == "verified" for task in tasks) if plan.worktrees else 0,
        "should_stop": bool(abandoned),
    }
    if abandoned:
        tries = state.tasks[abandoned[0]].attempts or state.tasks[abandoned[0]].number  # all may have been lost
        found["stop_reason"] = f"Task {abandoned[0]} abandoned after {tries} attempt{'s' if tries != 1 else ''}"
    return found


def status_line(result: Mapping[str, Any], tries: Mapping[str, int], names: Iterable[str]) -> str:
    """Write a batch in one line: `[BATCH 1-foundation #1] L1-001 ✓, L1-002 ✗ (attempt 2) (1/2)`; `-` was not begun."""
    good = set(result["verified"])
    bad = {name: f"✗ (attempt {tries[name]})" if tries[name] else "-" for name in names if name not in good}
    parts = [f"{name} {bad.get(name, '✓')}" for name in names]
    return f"{batch_headline(result)} {', '.join(parts)} ({len(good)}/{result['tasks_total']})"


def batch_headline(result: Mapping[str, Any]) -> str:
    """Write which batch a line is about; what a plan calls a layer may have letters that reorder a terminal's line."""
    return f"[BATCH {plaintext.line(str(result['layer']))} #{result['batch_number']}]"


def batch_result_text(result: Mapping[str, Any]) -> str:
    """Write a batch's result as a layer agent parses it."""
    return f"BATCH_RESULT:\n{json.dumps(result, indent=2, ensure_ascii=False)}"


def _chosen(rows: Sequence[Row], most: int) -> list[Row]:
    """Return the rows there is room for, in their order."""
    if len(rows) <= most:
        return list(rows)
    ranked = sorted(range(len(rows)), key=lambda number: (ORDER.index(rows[number].state), number))
    return [rows[number] for number in sorted(ranked[:most])]


def _cells(row: Row) -> tuple[str, ...]:
    """Write a row's cells but the last."""
    tries = f"{row.attempt}/{row.of}" if row.attempt else ""
    seconds = "" if row.seconds is None else duration(row.seconds)
    state = row.state.replace("_", " ")
    return SIGNS[row.state], row.task, state, tries, seconds, f"{row.tokens:,}" if row.tokens else ""


def _words(row: Row) -> str:
    """Write a row's last cell."""
    return f"waits for {', '.join(row.waits_for)}" if row.waits_for else row.detail


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Write cells in columns, numbers to the right."""
    return "  ".join(
        cell.rjust(width) if number >= 4 else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


_TELL: Mapping[str, Callable[[Event], str]] = {
    "attempt_started": lambda one: (
        f"{one.task} started, attempt {one.attempt} ({one.facts.get('executor') or 'it cannot begin'})"
    ),
    "judged": _judged,
    "merged": lambda one: f"{one.task} merged as {str(one.facts.get('merge') or one.facts['tip'])[:12]}",
    "merge_failed": lambda one: f"{one.task} not merged, {one.facts['state']}: {one.facts.get('reason', '')}",
    "abandoned": _reason,
    "skipped": _reason,
    "paused": _reason,
    "halted": _reason,
    "stopped": _reason,
    "went_on": lambda _: "going on",
    "cancel_asked": lambda _: "cancelled: what runs is being ended",
    "main_tree_changed": lambda one: f"the main tree changed: {', '.join(one.facts['paths'][:5])}",
}
