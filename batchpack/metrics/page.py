"""The report of a run: one HTML file that needs nothing but itself."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from batchpack import places
from batchpack.executor import Usage
from batchpack.files import read_text, write_atomic
from batchpack.metrics import allowed, critical, figures, graph, savings, wording
from batchpack.metrics.links import address
from batchpack.metrics.timeline import Line, curve, glance, kind_of
from batchpack.metrics.values import ENDS, GOOD, Attempt, Record, Task
from batchpack.plaintext import clean

FOLDER = Path(__file__).parent
TEMPLATE, STYLE, SCRIPT = FOLDER / "report.html.j2", FOLDER / "report.css", FOLDER / "live.js"
MOST_FAILURES = 200
"""Tasks whose failures are told at length; the table of tasks has the reason of every one."""
FEW = 10
"""Longer lists are folded up."""
MANY = 60
"""Tables of more tasks scroll by themselves, below a picture of the whole."""
MOST_LETTERS = 3000
MOST_NAMES = 12


def write(record: Record, path: Path, itself: Usage | None = None) -> None:
    """Write the report of a run; `itself` is what the session used that its agents worked for. Raises Unwritable."""
    write_atomic(path, text(record, path, itself))


class Live(NamedTuple):
    """What a page that follows its run says beside: the address of all runs, and a word that changes with the run."""

    home: str
    stamp: str


def text(record: Record, path: Path, itself: Usage | None = None, live: Live | None = None) -> str:
    """Return the report of a run as it is to stand at `path`, from where its links lead."""
    words = {**_words(record, path), **_beside(record, itself), "live": live._asdict() if live else {}}
    return rendered(TEMPLATE, words)


def _beside(record: Record, itself: Usage | None) -> dict[str, Any]:
    """Return what the session itself used, and what was saved as far as it is known."""
    known = [one for one in savings.of_runs([record]) if one.known != "unknown"]
    kinds = ("input", "output", "cache_read", "cache_write", "tokens")
    own = {kind: wording.number(getattr(itself, kind)) for kind in kinds} if itself else {}
    if itself:
        own["money"] = wording.UNKNOWN if itself.dollars is None else wording.dollars(itself.dollars)
        own["model"] = itself.model or wording.UNKNOWN
    saved = {"heads": savings.HEADS, "rows": [savings.cells(one) for one in known], "notes": savings.notes(known)}
    return {"itself": own, "savings": saved if known else {}}


def rendered(template: Path, words: Mapping[str, Any]) -> str:
    """Render a page with the style and, where it is a live one, the script that all pages share."""
    from batchpack.render import render

    shared = {
        "policy": allowed.policy(read_text(STYLE), read_text(SCRIPT) if words["live"] else ""),
        "version": places.version(), "now": wording.moment(time.time()),
    }  # fmt: skip
    roots = [template.parent, FOLDER]
    return render(read_text(template), _cleaned({**words, **shared}), roots=roots, path=template, html=True)


def _words(record: Record, path: Path) -> dict[str, Any]:
    """Return all that the template shows."""
    line, steps = Line(record), critical.path(record)
    area, peak = curve(record, line)
    pairs = {(step.behind, step.task.name) for step in steps if step.behind}
    link = partial(_links, record, path)
    trouble = [task for task in record.tasks if _has_trouble(task)]
    return {
        "run": {name: getattr(record, name) for name in ("run", "name", "by", "project", "standing", "group_word")},
        "facts": _facts(record, peak), "begun": wording.moment(record.begun),
        "ticks": line.ticks(), "area": area, "peak": peak, "groups": _groups(record, line),
        "glance": glance(record, line) if len(record.tasks) > MANY else {},
        "long": len(record.tasks) > MANY,
        "pauses": [_pause(one, line) for one in record.pauses],
        "steps": [_step(step) for step in steps], "span": wording.duration(sum(step.seconds for step in steps)),
        "workers": [_worker(*one) for one in figures.by_worker(record)], "all_workers": _worker_sums(record),
        "trouble": [_trouble(task, link) for task in sorted(trouble, key=_by_weight)[:MOST_FAILURES]],
        "few": FEW,
        "mended": sum(task.end != "failed" for task in trouble),
        "untold": max(0, len(trouble) - MOST_FAILURES),
        "skipped": [_about(task) for task in record.tasks if task.end == "skipped"][:MOST_FAILURES],
        "many_skipped": sum(task.end == "skipped" for task in record.tasks),
        "graph": graph.draw(record, pairs), "node": (graph.WIDTH, graph.HEIGHT),
        "tasks": [_task(task, link) for task in record.tasks],
    }  # fmt: skip


def _facts(record: Record, peak: int) -> list[tuple[str, str]]:
    """Return the figures at the top."""
    spent, times = figures.spent(record.attempts), figures.times(record.attempts)
    counts, total = figures.counts(record), len(record.tasks)
    ends = " + ".join(f"{wording.number(counts[end])} {end}" for end in ENDS)
    again = figures.retries(record)
    return [
        ("Tasks", f"{wording.number(total)} = {ends}"),
        ("Time", wording.duration(figures.elapsed(record))),
        ("Worked", f"{wording.duration(times.worked)} in {wording.plural(times.measured, 'measured attempt')}"),
        ("At once", f"{wording.width(times)} on the average, {peak} at most"),
        ("Queued", _queued(record)),
        (
            "Attempts",
            f"{wording.number(spent.attempts)}, {wording.plural(again, 'retry').replace('retrys', 'retries')}",
        ),
        ("Tokens", wording.tokens(spent)),
        ("Cost", wording.money(spent)),
    ]


def _queued(record: Record) -> str:
    """Say how long attempts waited in line."""
    queued = figures.queued(record)
    if queued.median is None:
        return wording.UNKNOWN if record.attempts else "-"
    return f"{wording.duration(queued.median)} median, {wording.duration(queued.longest)} at most"


def _groups(record: Record, line: Line) -> list[dict[str, Any]]:
    """Return the rows of the chart, by layer or batch."""
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in record.groups}
    for task in record.tasks:
        row = {**_about(task), "bars": line.bars(task), "worked": _worked(task)}
        found.setdefault(task.group, []).append(row)
    return [{"name": name, "rows": rows} for name, rows in found.items() if rows]


def _about(task: Task) -> dict[str, Any]:
    """Return what every part of the page says of a task."""
    return {
        "name": task.name, "title": task.title, "group": task.group, "end": task.end,
        "state": task.state.replace("_", " "),
        "sign": wording.glyph(task.state), "reason": task.reason, "tries": len(task.attempts),
    }  # fmt: skip


def _worked(task: Task) -> str:
    """Say how long a task's attempts worked, as far as they were measured."""
    if not task.attempts:
        return "-"
    worked = figures.times(task.attempts).worked
    return "at work" if worked is None and task.attempts[-1].end == "running" else wording.duration(worked)


def _pause(one: Any, line: Line) -> dict[str, Any]:
    """Return a pause in words and as a place on the line."""
    x = line.at(one.begun)
    took = wording.duration(max(0.0, one.ended - one.begun))
    return {"x": x, "width": max(line.at(one.ended) - x, 0.2), "reason": one.reason, "took": took}


def _step(step: critical.Step) -> dict[str, str]:
    """Return a row of the critical path."""
    times = {name: wording.duration(getattr(step, name)) for name in ("waited", "worked", "between", "merging")}
    return {"name": step.task.name, "behind": step.behind, **times, "seconds": wording.duration(step.seconds)}


def _worker(key: tuple[str, str, str], spent: figures.Spent, times: figures.Times) -> dict[str, str]:
    """Return a row of what was used."""
    executor, agent, model = key
    own = "-" if spent.without_model == spent.attempts else wording.UNKNOWN
    kinds = {kind: _kind(spent, kind) for kind in ("input", "output", "cache_read", "cache_write")}
    return {
        "executor": executor or "none began", "agent": agent or "-", "model": model or own,
        "attempts": wording.number(spent.attempts), "worked": wording.duration(times.worked), **kinds,
        "tokens": wording.tokens(spent), "money": wording.money(spent),
    }  # fmt: skip


def _kind(spent: figures.Spent, kind: str) -> str:
    """Write the tokens of one kind."""
    if not spent.measured:
        return wording.UNKNOWN if spent.unknown else wording.NONE
    return wording.number(getattr(spent, kind))


def _worker_sums(record: Record) -> dict[str, str]:
    """Return the row that sums up what was used."""
    return _worker(("all", "", ""), figures.spent(record.attempts), figures.times(record.attempts))


def _has_trouble(task: Task) -> bool:
    """Tell whether a task failed, or something that was tried for it did."""
    refused = any(not one.commit for one in task.merges)
    return task.end == "failed" or refused or any(_is_bad(one) for one in task.attempts)


def _is_bad(one: Attempt) -> bool:
    """Tell whether an attempt ended and came to nothing."""
    return one.end not in {*GOOD, "running"}


def _by_weight(task: Task) -> tuple[bool, bool]:
    """Order those that failed before those that came right in the end."""
    return task.end != "failed", task.end == "done"


def _trouble(task: Task, link: Any) -> dict[str, Any]:
    """Return what failed about a task, attempt by attempt."""
    attempts = [
        {
            "number": one.number, "end": one.end, "kind": kind_of(one.end), "reason": one.reason,
            "took": "" if one.seconds is None else f" after {wording.duration(one.seconds)}",
            "detail": _cut(one.detail), "links": link(one),
        }
        for one in task.attempts
        if _is_bad(one)
    ]  # fmt: skip
    merges = [one.reason or "refused" for one in task.merges if not one.commit]
    return {**_about(task), "attempts": attempts, "merges": merges}


def _task(task: Task, link: Any) -> dict[str, Any]:
    """Return a row of the table of tasks."""
    spent, needs = figures.spent(task.attempts), task.depends_on
    return {
        **_about(task),
        "worked": _worked(task),
        "tokens": wording.tokens(spent) if task.attempts else "-",
        "money": wording.money(spent) if task.attempts else "-",
        "needs": ", ".join(needs[:MOST_NAMES]) + (f" and {len(needs) - MOST_NAMES} more" if needs[MOST_NAMES:] else ""),
        "logs": [{"number": one.number, "end": one.end, "links": link(one)} for one in task.attempts],
    }  # fmt: skip


def _links(record: Record, page: Path, one: Attempt) -> list[tuple[str, str]]:
    """Return the files about an attempt as label and address."""
    return [(link.label, address(record.folder, link.path, page)) for link in one.links]


def _cut(text: str) -> str:
    """Return the beginning of a long text, saying that it is one."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}\n… {len(text) - MOST_LETTERS} letters more"


def _cleaned(value: Any) -> Any:
    """Return values with all texts rid of what hides or reorders other text; escaping is the renderer's work."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not hasattr(value, "_fields"):
        return [_cleaned(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _cleaned(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
