"""What may stand in a plan file: one table, of which the reader, the schema for editors and the page are made."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["line", "text", "lines", "names", "seconds", "count", "number", "switch", "pools"]


class Field(NamedTuple):
    """A key of a plan file: the kind of its value and what it is for."""

    kind: Kind
    about: str


TASK: dict[str, Field] = {
    "id": Field(
        "line", "The task's name: up to 64 letters, digits, '.', '_' and '-'; it becomes a branch and a folder."
    ),
    "title": Field("line", "What it is about, in one line; without it, the id."),
    "prompt": Field("text", "What an agent is told to do."),
    "command": Field("text", "What a shell runs instead of an agent, as it is written."),
    "agent": Field("line", "The role or the host's own name of an agent."),
    "executor": Field("line", "What carries it out, such as claude, opencode or shell."),
    "model": Field("line", "The host's name of a model."),
    "depends_on": Field("names", "Ids of tasks whose work must be merged before this one begins."),
    "deliverables": Field("names", "Files that must be there at the end, from the project's folder on."),
    "scope": Field(
        "names", "Paths and patterns that may change; without any, the deliverables or, without those, all."
    ),
    "verify": Field("lines", "Lines for the shell that must all end with 0 before the work counts as done."),
    "needs": Field("names", "Pools of which it takes one place while it runs."),
    "timeout": Field("seconds", "How long one attempt may take: seconds, or as 90 s, 15 min, 2 h. Usually 1 h."),
    "verify_timeout": Field("seconds", "How long each line of verify may take. Usually 10 min."),
    "priority": Field("number", "Tasks with more begin first and are merged first. Usually 0."),
    "attempts": Field("count", "How many attempts there may be, 1 to 5. Usually 5."),
    "layer": Field("line", "The stage it belongs to, for reports."),
    "flaky": Field("switch", "Whether a gate that fails may be tried once more before this task is blamed."),
}
PLAN: dict[str, Field] = {
    "name": Field("line", "The plan's name; without it, the file's."),
    "base": Field("line", "The commit or branch to start from; without it, what is checked out."),
    "gate": Field("lines", "Lines for the shell that each merged state must pass."),
    "gate_timeout": Field("seconds", "How long one line of the gate may take. Usually 1 h."),
    "layered": Field("switch", "Whether a layer begins only when all tasks of the layers before it are over."),
    "setup": Field("lines", "Lines for the shell that are run in each new worktree."),
    "include": Field("names", "Patterns of files that git does not track but worktrees need."),
    "pools": Field("pools", "Things of which there are only so many, as database: 1."),
    "worktrees": Field("switch", "Whether each task has a worktree of its own; false runs them all in the project."),
}
OWN = frozenset({"id", "title", "prompt", "command", "depends_on", "deliverables"})
"""What each task says for itself, so that it cannot stand under `defaults`."""
DEFAULTS: dict[str, Field] = {name: field for name, field in TASK.items() if name not in OWN}
ROOT = (*PLAN, "defaults", "tasks")
