"""What is settled about a run when it starts and never changes after: `run.json` and `plan.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.files import read_text

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Role:
    """What a role hands in, and whether it may change files."""

    does: str
    edits: bool


@dataclass(frozen=True, slots=True)
class Baseline:
    """A work tree as the run found it: all None and empty outside a git repository.

    `commit` is HEAD (None: no commit yet), `tree` what differences are taken against, `status` a fingerprint of
    `git status`, `dirty` the files that differed already, each with the fingerprint of its content.
    """

    commit: str | None = None
    tree: str | None = None
    status: str | None = None
    dirty: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """A run's settled facts: `project` owns the run's state, `tree` is the folder that its agents work in."""

    run: str
    project: Path
    tree: Path
    root: Path
    host: str | None
    started: str
    baseline: Baseline
    roles: Mapping[str, Role]

    def to_json(self) -> dict[str, Any]:
        """Return what `run.json` holds."""
        plain = asdict(self)
        return {"schema": SCHEMA, **plain, **{key: str(plain[key]) for key in ("project", "tree", "root")}}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run needs of its plan: the request, the batches by number, and which tasks a task waits for."""

    request: str
    hash: str
    batches: Mapping[int, tuple[str, ...]]
    depends_on: Mapping[str, tuple[str, ...]]


def read_facts(path: Path) -> Facts:
    """Read `run.json`; raises BrokenFile."""
    raw = _load(path)
    try:
        return Facts(
            run=raw["run"],
            project=Path(raw["project"]),
            tree=Path(raw["tree"]),
            root=Path(raw["root"]),
            host=raw["host"],
            started=raw["started"],
            baseline=Baseline(**raw["baseline"]),
            roles={name: Role(**role) for name, role in raw["roles"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(path, f"it does not say what a run needs: {error}") from error


def read_plan(path: Path) -> Plan:
    """Read what a run needs of `plan.json`; raises BrokenFile."""
    raw = _load(path)
    try:
        return Plan(
            request=raw["description"],
            hash=raw["hash"],
            batches={int(batch["number"]): tuple(batch["tasks"]) for batch in raw["batches"]},
            depends_on={task: tuple(others) for task, others in raw["depends_on"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenFile(path, f"it is no plan: {error}") from error


def _load(path: Path) -> Any:
    """Read a JSON file of ours."""
    try:
        return json.loads(read_text(path))
    except ValueError as error:
        raise BrokenFile(path, f"broken JSON: {error}") from error
