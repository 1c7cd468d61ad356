"""What an executor is: what carries out an attempt, a host's headless command or a plain program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: the prompt in a file, or the command of a task that needs no agent.

    `folder` is the working directory of the attempt, `agent` the role or the host's name of an agent (empty: the
    host's usual one), `model` the host's name of a model (empty: the host's usual one). `session` is that of an
    earlier attempt which may be gone on with, `attempt` counts from 1.
    """

    task: str
    attempt: int
    prompt: Path
    folder: Path
    command: str = ""
    agent: str = ""
    model: str = ""
    session: str = ""


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
