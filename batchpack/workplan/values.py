"""One model of a task and of a plan, whatever file they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class WorkTask:
    """A unit of work: an agent is told `prompt`; a plain program is `command`, a line for the shell as it was written.

    `deliverables` are files that must be there at the end; `scope` are the paths and patterns that may change
    (empty: any in the work tree, unless there are deliverables: then those). `verify` are lines for the shell that
    must end with 0. `needs` names pools of which one place is taken while it runs. Seconds for all times.
    `where` says the file and line it came from, `layer` the stage it belongs to in its author's eyes.
    """

    id: str
    title: str
    prompt: str = ""
    command: str = ""
    agent: str = ""
    executor: str = ""
    model: str = ""
    depends_on: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    timeout: float = 3600.0
    verify_timeout: float = 600.0
    priority: int = 0
    attempts: int = MOST_ATTEMPTS
    layer: str = ""
    where: str = ""
    flaky: bool = False
    """Whether a red gate may be tried once more before anybody is blamed."""
    unread: tuple[str, ...] = ()
    """Parts of its file that only the agent is told of, since nothing here acts on them; each with its line."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return the paths and patterns that may change; empty: any."""
        return (*self.scope, *self.deliverables) if self.scope else self.deliverables


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """Tasks in their author's order. `gate` are lines for the shell that a merged state must pass.

    `setup` are lines run in each new worktree, `include` patterns of untracked files copied there, `pools` how many
    places each resource has. `base` is the commit or branch to start from (empty: HEAD). `path` is the file or folder
    it came from, `kind` its format.
    """

    name: str
    tasks: tuple[WorkTask, ...]
    kind: str = ""
    path: Path | None = None
    gate: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    pools: Mapping[str, int] = field(default_factory=dict)
    base: str = ""
    worktrees: bool = True
    layered: bool = False
    """Whether a layer begins only when all tasks of the layers before it are over."""
    gate_timeout: float = 3600.0

    def task(self, name: str) -> WorkTask:
        """Return a task by id; raises KeyError."""
        found = {task.id: task for task in self.tasks}
        return found[name]


NotedState = Literal["in_progress", "failed", "verified", "abandoned", "merged", "conflict", "culprit"]


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a task, for formats that keep such notes; `error` has `type`, `message` and perhaps `step`."""

    task: str
    state: NotedState
    attempt: int = 0
    worktree: Path | None = None
    branch: str = ""
    commit: str = ""
    error: Mapping[str, Any] = field(default_factory=dict)
