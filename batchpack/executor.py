"""What an executor is: what carries out an attempt, a host's headless command or a plain program."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: the prompt in a file, or the command of a task that needs no agent.

    `folder` is the working directory of the attempt, `agent` the role or the host's name of an agent (empty: the
    host's usual one), `model` the host's name of a model (empty: the host's usual one). `session` is that of an
    earlier attempt which may be gone on with, `attempt` counts from 1. `commands` are lines for the shell that an
    agent may run as they stand, such as those of its verification.
    """

    task: str
    attempt: int
    prompt: Path
    folder: Path
    command: str = ""
    agent: str = ""
    model: str = ""
    session: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """How to carry an order out: the argv, variables to add (None: to take away), and what standard input reads."""

    argv: tuple[str, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)
    stdin: Path | None = None


class Usage(NamedTuple):
    """What an attempt used, from the host's own records: tokens by kind; dollars None where the price is unknown."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    dollars: float | None = None
    model: str = ""

    @property
    def tokens(self) -> int:
        """Return all tokens, those of the cache included."""
        return self.input + self.output + self.cache_read + self.cache_write


class Pause(NamedTuple):
    """Why an attempt says nothing about its task: a limit, a key or a tool that is missing.

    `seconds` is how long the service asked to wait; None: it did not say. `mends` tells that waiting is enough;
    where it is not, the reader must do something first.
    """

    reason: str
    seconds: float | None = None
    mends: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attempt left: the agent's last words, what it used (None: unknown), its session, and whether to pause."""

    text: str
    usage: Usage | None = None
    session: str = ""
    pause: Pause | None = None


class Executor(Protocol):
    """A way to carry out one task as a program of its own."""

    NAME: str
    TITLE: str
    AGENT: bool
    """Whether a model does the work: such an attempt is told by a prompt and may cost money."""

    def missing(self) -> str:
        """Say what is not there on this machine and how to get it; empty when all is."""

    def launch(self, order: Order) -> Launch:
        """Say how to carry an order out, in the order's folder as working directory."""

    def read(self, order: Order, out: Path, err: Path, code: int) -> Answer:
        """Read what the program left on its standard output and error, and its exit code; never raises on bad text."""


def host_of(executor: Executor) -> str:
    """Return the host whose records have the sessions of an executor: its `HOST` where it has one, else its name."""
    return str(getattr(executor, "HOST", "") or executor.NAME)


TAIL_BYTES = 20_000
SPANS = {"second": 1, "minute": 60, "hour": 3600}
AGAIN_IN = re.compile(
    r"(?:try again|retry|resets?|available)\s+(?:after|in)\s+(\d+)\s*(second|minute|hour|s\b)", re.IGNORECASE
)
AGAIN_AT = re.compile(r"resets?\s+(?:at\s+)?(\d{1,2})(?::(\d\d))?\s*([ap])m", re.IGNORECASE)
EPOCH = re.compile(r"\|\s*(1[5-9]\d{8}|2\d{9})\b")


def events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that a host wrote, one a line; lines that are none, or cut, are passed over."""
    try:
        with path.open("rb") as stream:
            for line in stream:
                if line.startswith(b"{") and (found := _object(line)) is not None:
                    yield found
    except OSError:
        return


def _object(line: bytes) -> dict[str, Any] | None:
    """Return the object that a line is, or None."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def last_words(path: Path) -> str:
    """Return the end of what a program wrote; empty if it wrote nothing."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - TAIL_BYTES))
            return stream.read().decode(errors="replace").strip()
    except OSError:
        return ""


def asked_to_wait(text: str, now: float | None = None) -> float | None:
    """Return the seconds that a limit's text asks to wait: after a time, until a moment or an hour; None: not said.

    `now` is in seconds since the epoch. An hour such as `resets 3pm` is one of this machine's clock.
    """
    moment = time.time() if now is None else now
    if found := EPOCH.search(text):
        return max(0.0, float(found[1]) - moment)
    if found := AGAIN_IN.search(text):
        unit = next(seconds for name, seconds in SPANS.items() if name.startswith(found[2].lower()))
        return float(found[1]) * unit
    if (found := AGAIN_AT.search(text)) and 1 <= int(found[1]) <= 12 and int(found[2] or 0) < 60:
        here = datetime.fromtimestamp(moment).astimezone()
        hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
        then = here.replace(hour=hour, minute=int(found[2] or 0), second=0, microsecond=0)
        return (then + timedelta(days=then <= here) - here).total_seconds()
    return None
