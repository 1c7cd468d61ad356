"""What an engine is: where attempts run, this machine or a cluster; it holds no plan and makes no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

State = Literal["queued", "running", "done", "lost", "cancelled"]
ENDED: tuple[State, ...] = ("done", "lost", "cancelled")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one task; `id`, `<run>.<task>.<number>`, is the key: to submit it twice is to submit it once.

    `env` adds to the caller's environment, None takes a variable away. `timeout` is in seconds; at its end the
    attempt's whole process group is killed. `output_limit` is in bytes for each stream; what comes beyond is dropped
    in the middle, so that beginning and end are kept.
    """

    id: str
    run: str
    task: str
    number: int
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str | None] = field(default_factory=dict)
    stdin: Path | None = None
    timeout: float = 3600.0
    output_limit: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Status:
    """Where an attempt stands; times are seconds since the epoch, `code` is negative for a signal.

    `lost`: it ended without a verdict (its keeper was killed, the machine went down); it says nothing on the task.
    """

    id: str
    state: State
    code: int | None = None
    started: float | None = None
    ended: float | None = None
    timed_out: bool = False
    out: Path | None = None
    err: Path | None = None
    detail: str = ""


class Session(Protocol):
    """An engine opened for one run."""

    async def submit(self, attempt: Attempt) -> None:
        """Begin an attempt; durable when it returns, nothing happens for an id that is there already."""

    async def snapshot(self) -> dict[str, Status]:
        """Return every attempt of the run by id; after a restart this is the only source of truth."""

    async def changed(self, timeout: float) -> list[Status]:
        """Wait until attempts end, at most `timeout` seconds; return those that ended and were not returned before.

        A session opened anew returns attempts that ended while nobody watched.
        """

    async def cancel(self, attempt_id: str) -> None:
        """Ask for the end of an attempt and all its processes; its last state comes through `changed`."""

    def log(self, attempt_id: str, stream: Literal["out", "err"], offset: int, size: int = 65536) -> bytes:
        """Return a piece of what an attempt wrote, also while it runs; empty at its present end."""

    async def close(self, *, stop_running: bool) -> None:
        """End the session; False leaves what runs to run on, to be adopted by the next session."""


class Engine(Protocol):
    """A place where attempts run."""

    NAME: str
    TITLE: str

    def open(self, folder: Path, run: str) -> Session:
        """Open a run's attempts, kept below the run's folder; adopts those that still run."""
