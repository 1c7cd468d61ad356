"""Where a run of work stands: the journal's events, folded one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from batchpack.execution.journal import Event

TaskStatus = Literal[
    "pending", "in_progress", "failed", "verified", "merged", "abandoned", "conflict", "culprit", "skipped", "cancelled"
]
OVER: tuple[TaskStatus, ...] = ("merged", "abandoned", "skipped", "cancelled")
"""States that nothing follows on; without worktrees `verified` is one too."""


@dataclass(slots=True)
class Try:
    """One attempt that was judged: its verdict, and what the next attempt is told."""

    number: int
    verdict: str
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Task:
    """Where a task stands. `attempts` are those that failed, `number` is the last one begun.

    The first `forgotten` tries do not count any more: somebody asked for the task anew.
    """

    name: str
    status: TaskStatus = "pending"
    attempts: int = 0
    number: int = 0
    forgotten: int = 0
    worktree: Mapping[str, Any] | None = None
    commit: str = ""
    tries: list[Try] = field(default_factory=list)
    session: str = ""
    started: float | None = None
    ended: float | None = None
    executor: str = ""
    tokens: int = 0
    dollars: float = 0.0
    unpriced: bool = False
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Tell whether an attempt was begun and not judged."""
        return self.status == "in_progress"


@dataclass(slots=True)
class State:
    """Where a run stands: its tasks, the number of the last event, and what holds it.

    `worked` are the seconds for which it was driven before the present execution; `budget` are limits given since its
    start.
    """

    tasks: dict[str, Task]
    seq: int = 0
    started: float | None = None
    pause: Mapping[str, Any] | None = None
    halted: str = ""
    cancelled: bool = False
    finished: Mapping[str, Any] | None = None
    tip: str = ""
    main_tree: list[str] = field(default_factory=list)
    budget: Mapping[str, float] = field(default_factory=dict)
    worked: float = 0.0
    _since: float | None = None
    _last: float = 0.0

    def apply(self, event: Event) -> None:
        """Take in one event; those of tasks that the plan does not have are passed over."""
        self.seq = event.seq
        self._clock(event)
        if event.task:
            task = self.tasks.get(event.task)
            if task is not None and event.name in _OF_TASK:
                _OF_TASK[event.name](task, event)
        elif event.name in _OF_RUN:
            _OF_RUN[event.name](self, event)
        if event.name == "merged":
            self.tip = event.facts["tip"]

    def _clock(self, event: Event) -> None:
        """Count the time from a start to its stop; after a crash, to the last event before it."""
        at = seconds(event.at)
        if event.name in {"run_started", "run_resumed"}:
            self.worked += max(0.0, self._last - self._since) if self._since is not None else 0.0
            self._since = at
        elif event.name in {"stopped", "finished"} and self._since is not None:
            self.worked += max(0.0, at - self._since)
            self._since = None
        self._last = at

    def count(self, *states: TaskStatus) -> int:
        """Count the tasks in these states."""
        return sum(task.status in states for task in self.tasks.values())


def fold(names: Iterable[str], events: Iterable[Event]) -> State:
    """Build the state of a run from its events."""
    state = State({name: Task(name) for name in names})
    for event in events:
        state.apply(event)
    return state


def seconds(at: str) -> float:
    """Return a time of the journal in seconds since the epoch."""
    return datetime.fromisoformat(at).timestamp()


def _worktree_made(task: Task, event: Event) -> None:
    task.worktree = event.facts


def _attempt_started(task: Task, event: Event) -> None:
    task.status, task.number = "in_progress", event.attempt
    task.started, task.ended = seconds(event.at), None
    task.executor = event.facts.get("executor", "")


def _judged(task: Task, event: Event) -> None:
    facts = event.facts
    verdict = facts["verdict"]
    task.tries.append(Try(event.attempt, verdict, facts))
    task.ended = seconds(event.at)
    task.attempts += verdict == "failed"
    task.session = facts.get("session") or task.session
    task.commit = facts.get("commit") or task.commit
    usage = facts.get("usage")
    if usage:
        task.tokens += usage["tokens"]
        task.dollars += usage["dollars"] or 0.0
        task.unpriced |= usage["dollars"] is None
    task.status = {"verified": "verified", "failed": "failed", "cancelled": "cancelled"}.get(verdict, "pending")  # type: ignore[assignment]
    task.reason = facts.get("reason", "")


def _merged(task: Task, event: Event) -> None:
    task.status, task.commit, task.reason = "merged", event.facts["commit"], ""


def _merge_failed(task: Task, event: Event) -> None:
    task.tries.append(Try(event.attempt or task.number, event.facts["state"], event.facts))
    task.attempts += 1
    task.status, task.reason = event.facts["state"], event.facts.get("reason", "")


def _merge_retried(task: Task, _: Event) -> None:
    task.status, task.reason = "verified", ""


def _over(status: TaskStatus) -> Callable[[Task, Event], None]:
    def take(task: Task, event: Event) -> None:
        task.status, task.reason = status, event.facts.get("reason", "")

    return take


def _run_started(state: State, event: Event) -> None:
    state.started = seconds(event.at)
    state.tip = event.facts.get("base", "")


def _paused(state: State, event: Event) -> None:
    state.pause = event.facts


def _went_on(state: State, _: Event) -> None:
    state.pause = None


def _run_resumed(state: State, event: Event) -> None:
    state.pause, state.halted, state.cancelled, state.finished = None, "", False, None
    again = bool(event.facts.get("again"))
    state.budget = {**state.budget, **event.facts.get("budget", {})}
    for task in state.tasks.values():
        if task.status in {"cancelled", "skipped"} or (task.status == "abandoned" and again):
            if task.status == "abandoned":
                task.attempts, task.forgotten = 0, len(task.tries)
            task.status, task.reason = "pending", ""


def _halted(state: State, event: Event) -> None:
    state.halted = event.facts["reason"]


def _cancel_asked(state: State, _: Event) -> None:
    state.cancelled = True


def _finished(state: State, event: Event) -> None:
    state.finished = event.facts


def _main_tree_changed(state: State, event: Event) -> None:
    state.main_tree += [path for path in event.facts["paths"] if path not in state.main_tree]


_OF_TASK: Mapping[str, Callable[[Task, Event], None]] = {
    "worktree_made": _worktree_made,
    "attempt_started": _attempt_started,
    "judged": _judged,
    "merged": _merged,
    "merge_failed": _merge_failed,
    "merge_retried": _merge_retried,
    "abandoned": _over("abandoned"),
    "skipped": _over("skipped"),
}
_OF_RUN: Mapping[str, Callable[[State, Event], None]] = {
    "run_started": _run_started,
    "run_resumed": _run_resumed,
    "paused": _paused,
    "went_on": _went_on,
    "halted": _halted,
    "cancel_asked": _cancel_asked,
    "finished": _finished,
    "main_tree_changed": _main_tree_changed,
}
