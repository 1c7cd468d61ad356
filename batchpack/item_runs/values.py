"""What a run of items is told, and what a call came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from batchpack.executor import Executor, Pause
from batchpack.messages.answers import Reader

Per = Literal["item", "chunk"]
TIMEOUT_SECONDS = 600.0
TRIES = 2
"""Calls for one answer: one that does not fit is asked for once more, with what was wrong with it."""


@dataclass(frozen=True, slots=True)
class Act:
    """An approved act that is carried out on each item: its name, and the argv that takes it back, as templates."""

    name: str
    undo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How items are worked on: by what, how many at once, with which words, and what an answer must be.

    `template` is the text for each call (empty: what was said to be done with the items), `schema` its answer's JSON
    Schema as shown, `reader` what checks it; None: any answer, and of a command its exit code.
    """

    executor: Executor
    jobs: int
    project: Path
    folder: Path
    worker: str
    template: str = ""
    template_path: Path = Path("--prompt")
    wanted: str = ""
    command: str = ""
    model: str = ""
    agent: str = ""
    per: Per = "item"
    schema: Mapping[str, Any] | None = None
    reader: Reader | None = None
    timeout: float = TIMEOUT_SECONDS
    lease: float = 600.0
    act: Act | None = None
    roots: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What one call is about: items with their fields, of which there is one unless calls are made per chunk."""

    task: str
    chunk: int | None
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a call left: its last words, its exit code, why to pause (None: no reason), and whether it was stopped."""

    text: str
    code: int
    pause: Pause | None = None
    stopped: bool = False
    timed_out: bool = False
