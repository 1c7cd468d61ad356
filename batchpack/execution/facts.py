"""What is settled about a run of work when it starts and never changes after: `run.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from batchpack.errors import BrokenFile
from batchpack.files import read_text

SCHEMA = 1
KIND = "work"
BY_HOST = "host"
"""The executor's name in runs that the agents of a host carry out."""
Halt = Literal["layer", "never", "soon", "now"]
HALTS: tuple[Halt, ...] = ("layer", "never", "soon", "now")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller decided: `jobs` at the same time, the executor for tasks that name none, when to halt, limits.

    `halt` after a task is abandoned: `layer` begins nothing of later layers, `never` leaves out only what waits for
    it, `soon` begins nothing, `now` ends what runs too. `budget` has limits by unit: dollars, tokens, minutes,
    attempts. `strong_model` is for the last attempts. `strict` fails an attempt during which the main tree changed.
    """

    jobs: int = 8
    executor: str = "shell"
    engine: str = "local"
    halt: Halt = "layer"
    budget: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    strong_model: str = ""
    strict: bool = True
    allow_scope_expansion: bool = False
    keep_worktrees: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A run's settled facts: `base` is the commit it began at, `target` the ref that its merges move.

    Both are empty for a run without worktrees; `worktree_dir` is where its worktrees are made.
    """

    run: str
    project: Path
    started: str
    plan_hash: str
    base: str = ""
    target: str = ""
    worktree_dir: Path | None = None
    options: Options = field(default_factory=Options)

    def to_json(self) -> dict[str, Any]:
        """Return what `run.json` holds."""
        plain = asdict(self)
        folder = None if self.worktree_dir is None else str(self.worktree_dir)
        return {"schema": SCHEMA, "kind": KIND, **plain, "project": str(self.project), "worktree_dir": folder}


def read(path: Path) -> Facts:
    """Read `run.json`; raises BrokenFile for another kind of run and for what does not say what a run needs."""
    try:
        raw = json.loads(read_text(path))
        if raw.get("kind") != KIND:
            raise BrokenFile(path, "it is the run of a host, not of `batchpack run`")
        return Facts(
            run=raw["run"],
            project=Path(raw["project"]),
            started=raw["started"],
            plan_hash=raw["plan_hash"],
            base=raw["base"],
            target=raw["target"],
            worktree_dir=None if raw["worktree_dir"] is None else Path(raw["worktree_dir"]),
            options=Options(**raw["options"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(path, f"it does not say what a run needs: {error}") from error


def is_work(folder: Path) -> bool:
    """Tell whether a run's folder is that of a run of work; never raises."""
    try:
        return bool(json.loads((folder / "run.json").read_bytes()).get("kind") == KIND)
    except (OSError, ValueError, AttributeError):
        return False
