"""Runs of `batchpack run` as their reader looks at them, from the journal."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.execution import state as states
from batchpack.execution.facts import BY_HOST
from batchpack.execution.journal import Event
from batchpack.execution.state import State, seconds
from batchpack.execution.store import WorkRun
from batchpack.executor import Usage
from batchpack.files import read_text
from batchpack.metrics.links import Shelf
from batchpack.metrics.values import Attempt, End, Link, Merge, Pause, Record, Task
from batchpack.workplan.values import WorkTask

MOST_TOKENS = 10**12
MOST_DOLLARS = 10.0**9
"""Above these a usage is no measurement."""


def read(run: WorkRun, programs: Collection[str]) -> Record:
    """Read a run; `programs` are the executors in which no model works.

    Raises BrokenFile for a journal or plan that does not say what it must.
    """
    try:
        return _Reader(run, programs).record()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, sqlite3.Error) as error:
        raise BrokenFile(run.journal, f"an event does not say what it must: {error}") from error


class _Reader:
    """Reads one run."""

    def __init__(self, run: WorkRun, programs: Collection[str]) -> None:
        self.run, self.programs = run, programs
        self.events = run.events()
        if not self.events:
            raise BrokenFile(run.journal, "it does not begin with the start of a run")
        self.state: State = states.fold((task.id for task in run.plan.tasks), self.events)
        self.merging = bool(run.facts.target)
        self.driven = self.state.finished is None and run.is_driven()
        self.last = time.time() if self.driven else max(seconds(event.at) for event in self.events)
        self.resumed = [seconds(event.at) for event in self.events if event.name == "run_resumed"]
        self.shelf = Shelf(run.folder)

    def record(self) -> Record:
        """Return the whole."""
        plan, facts = self.run.plan, self.run.facts
        groups = tuple(dict.fromkeys(task.layer or plan.name for task in plan.tasks))
        of_task = defaultdict[str, list[Event]](list)
        for event in self.events:
            of_task[event.task].append(event)
        return Record(
            run=self.run.id, kind="work", name=plan.name, by=_by(facts.options.executor),
            project=str(facts.project), folder=self.run.folder, begun=seconds(self.events[0].at), last=self.last,
            standing=self._standing(), groups=groups, group_word="layer",
            tasks=tuple(self._task(task, of_task[task.id]) for task in plan.tasks),
            pauses=tuple(_pauses(self.events, self.last)),
        )  # fmt: skip

    def _standing(self) -> str:
        """Say whether the run goes on."""
        if self.state.finished is not None:
            return "finished"
        return "running" if self.driven else "stopped before its end"

    def _task(self, about: WorkTask, events: Sequence[Event]) -> Task:
        """Return a task."""
        task = self.state.tasks[about.id]
        end = self._end(task.status)
        merges = tuple(_merge(event) for event in events if event.name in {"merged", "merge_failed"})
        return Task(
            name=about.id, title=about.title, group=about.layer or self.run.plan.name, state=task.status, end=end,
            depends_on=about.depends_on, after=about.depends_on, reason=task.reason,
            attempts=tuple(self._attempts(about, events)), merges=merges, settled=_settled(events, end),
        )  # fmt: skip

    def _end(self, status: str) -> End:
        """Return how a task counts: verified work that is to be merged is not done yet."""
        if status == "merged" or (status == "verified" and not self.merging):
            return "done"
        return {"abandoned": "failed", "skipped": "skipped"}.get(status, "pending")  # type: ignore[return-value]

    def _attempts(self, about: WorkTask, events: Sequence[Event]) -> Iterable[Attempt]:
        """Yield a task's attempts in their order."""
        begun: list[Event | None] = [event for event in events if event.name == "attempt_started"]
        ended = {event.attempt: event for event in events if event.name == "judged"}
        made = [event for event in events if event.name == "worktree_made"]
        for start, following in pairwise([*begun, None]):
            last = seconds(following.at) if following else self.last
            if start is not None:
                base = next((str(one.facts.get("base") or "") for one in reversed(made) if one.seq < start.seq), "")
                yield self._attempt(about, start, ended.get(start.attempt), last, base)

    def _attempt(self, about: WorkTask, start: Event, end: Event | None, last: float, base: str) -> Attempt:
        """Return an attempt, from its start to its verdict."""
        facts: Mapping[str, Any] = end.facts if end else {}
        executor, usage = str(start.facts.get("executor") or ""), _usage(facts.get("usage"))
        ended = self._ended(start, end) if end else None
        return Attempt(
            number=start.attempt, begun=seconds(start.at), ended=ended, last=last if ended is None else ended,
            end=str(facts["verdict"]) if end else "running" if self.driven else "cut off",
            reason=str(facts.get("reason") or ""), executor=executor, agent=about.agent,
            model=(usage.model if usage else "") or str(start.facts.get("model") or ""),
            by_model=bool(executor) and executor not in self.programs, usage=usage,
            detail=str(facts.get("feedback") or ""), links=self._links(about.id, start.attempt),
            base=base, commit=str(facts.get("commit") or ""),
        )  # fmt: skip

    def _ended(self, start: Event, end: Event) -> float:
        """Return when an attempt ended: with its verdict, unless that came late for reasons that are not its own.

        A host's agents hand in before their batch is judged; what outlived its run's process is judged at the resume,
        so that only the time of its program is known.
        """
        begun, verdict = seconds(start.at), seconds(end.at)
        known = verdict
        if start.facts.get("executor") == BY_HOST:
            known = _handed_in(self.run.folder / "attempts" / f"{start.task}-{start.attempt}" / "ended.json") or verdict
        elif any(begun < at <= verdict for at in self.resumed):
            took: Any = end.facts.get("seconds")
            known = begun + took if type(took) in {int, float} else verdict
        return known if begun <= known <= verdict else verdict

    def _links(self, task: str, number: int) -> tuple[Link, ...]:
        """Return what there is to read on about an attempt."""
        key = f"{task}-{number}"
        wanted = {
            "prompt": f"prompts/{key}.md", "output": f"attempts/{key}/out", "errors": f"attempts/{key}/err",
            "verdict": f"evidence/{key}/verdict.json", "feedback": f"evidence/{key}/feedback.md",
        }  # fmt: skip
        return self.shelf.links(wanted)


def _by(executor: str) -> str:
    """Say who carries a run out."""
    return "the agents of a host" if executor == BY_HOST else f"batchpack run {executor and f'with {executor}'}".strip()


def _handed_in(path: Path) -> float | None:
    """Return when an agent of a host handed in; None where its note, which agents can write to, does not say."""
    try:
        return seconds(json.loads(read_text(path))["at"])
    except (BrokenFile, ValueError, KeyError, TypeError, AttributeError):
        return None


def _usage(raw: object) -> Usage | None:
    """Return what an attempt used; None where nobody measured it, or where the figures cannot be one's."""
    if not isinstance(raw, Mapping):
        return None
    counts = [raw.get(kind, 0) for kind in Usage._fields[:4]]
    if not all(type(count) is int and 0 <= count < MOST_TOKENS for count in counts):
        return None
    known = dict(zip(Usage._fields, counts, strict=False))
    return Usage(**known, dollars=_dollars(raw.get("dollars")), model=str(raw.get("model") or ""))


def _dollars(raw: Any) -> float | None:
    """Return a price, None where it is unknown or cannot be one."""
    return float(raw) if type(raw) in {int, float} and 0 <= raw < MOST_DOLLARS else None


def _merge(event: Event) -> Merge:
    """Return what the merge queue said."""
    commit = str(event.facts["commit"]) if event.name == "merged" else ""
    return Merge(seconds(event.at), commit, str(event.facts.get("reason") or ""))


def _settled(events: Sequence[Event], end: End) -> float | None:
    """Return since when nothing waits for a task that is at its end."""
    name = {"done": ("merged", "judged"), "failed": ("abandoned",), "skipped": ("skipped",)}.get(end, ())
    found = next((event for word in name for event in reversed(events) if event.name == word), None)
    return seconds(found.at) if found else None


def _pauses(events: Iterable[Event], last: float) -> Iterable[Pause]:
    """Yield the times in which a limit held the run."""
    open_: Event | None = None
    for event in events:
        if event.name == "paused" and open_ is None and not event.facts.get("merge"):
            open_ = event
        elif event.name in {"went_on", "run_resumed", "stopped", "finished"} and open_ is not None:
            yield Pause(seconds(open_.at), seconds(event.at), str(open_.facts.get("reason") or ""))
            open_ = None
    if open_ is not None:
        yield Pause(seconds(open_.at), last, str(open_.facts.get("reason") or ""))
