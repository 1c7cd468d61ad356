"""What a queue holds and says: tasks, drafts of tasks, limits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from batchpack.errors import UsageError

Status = Literal["pending", "claimed", "done", "failed", "skipped", "dead"]
Kind = Literal["item", "chunk", "task"]
STATUSES: tuple[Status, ...] = get_args(Status)
ENDED: tuple[Status, ...] = ("done", "failed", "skipped", "dead")
"""What nobody works on any more; a dead task is one that was given up because its workers died."""

LEASE_SECONDS = 600.0
TEXT_LIMIT = 10_000_000
"""Bytes of a task's body, and of a result."""
MOST = 100_000
"""The largest number that a limit has."""
RECEIPT = "- Receipt "
"""What a line of a body begins with that tells of a receipt; in other texts it is quoted, so that none is made up."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A task to be: `chunk` or `item` says what it is about; tasks of higher priority are claimed first."""

    id: str
    kind: Kind = "task"
    title: str = ""
    body: str = ""
    chunk: int | None = None
    item: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a whole batch: claims at once (None: any number), attempts at a task, lost leases until death.

    Acts can be taken back for so many days after the end of the batch.
    """

    claims: int | None = None
    claims_per_worker: int | None = None
    attempts: int = 5
    lost_leases: int = 3
    undo_days: int = 30

    def __post_init__(self) -> None:
        """Refuse limits under which nothing could ever be claimed."""
        for name, value in asdict(self).items():
            if value is not None and not 1 <= value <= MOST:
                raise UsageError(f"{value} is no limit for {name.replace('_', ' ')}", f"give 1 to {MOST:,}")


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands; times in seconds since 1970. `token` fences: only who claimed it last may report."""

    seq: int
    id: str
    kind: Kind
    chunk: int | None
    item: str | None
    title: str
    body: str
    status: Status
    assignee: str | None
    token: int
    attempts: int
    lost_leases: int
    lost_at: float | None
    lost_by: str | None
    lease_until: float | None
    not_before: float | None
    priority: int
    created_at: float
    updated_at: float
    claimed_at: float | None
    completed_at: float | None
    result: Any
    evidence: tuple[str, ...]
    error: str | None
    version: int

    def to_json(self) -> dict[str, Any]:
        """Return the task's facts; times as ISO 8601 in UTC."""
        facts = asdict(self)
        times = {name for name in facts if name.endswith("_at")} | {"lease_until", "not_before"}
        return {name: said(value) if name in times else value for name, value in facts.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the tasks in their order; `after` asks for those behind them, None: there are no more."""

    tasks: tuple[Task, ...]
    after: int | None


def said(seconds: float | None) -> str | None:
    """Return a time as records say it, `2026-02-03T10:00:00.000Z`; None stays None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(text: str, what: str) -> str:
    """Return a text as a file can hold it: halves of letters as escapes; raises UsageError for one of over 10 MB."""
    held = text.encode("utf-8", "backslashreplace")
    if len(held) > TEXT_LIMIT:
        raise UsageError(f"{what} has {len(held):,} bytes", "at most 10,000,000: write it to a file and name the file")
    return held.decode()


def note(text: str, what: str) -> str:
    """Return a text that may stand in a task's body: a line of it that looks like a receipt is quoted."""
    return plain("\n".join(f"> {line}" if line.startswith(RECEIPT) else line for line in text.split("\n")), what)


def reason(text: str, what: str) -> str:
    """Return a text that says why; raises UsageError for one that says nothing."""
    if not text.strip():
        raise UsageError(f"{what} is empty", "say in a few words what it was; a person reads it")
    return plain(text, what)


def dumped(value: Any, what: str) -> str:
    """Return a value as JSON in one form, so that equal values are equal texts."""
    try:
        return plain(json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False), what)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} cannot be written as JSON: {error}", "give values that JSON knows") from error
