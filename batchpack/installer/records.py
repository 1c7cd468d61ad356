"""What an uninstall leaves since it is the user's: the records of runs, the list of them, and what was measured."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import places
from batchpack.host import Host

PROJECT_ROOT = ".batchpack"
LISTING, PROJECTS = "the list of your runs in all projects", "the list of projects with batches of yours"
MARKS, METRICS = "the marks of hooks", "what was measured"


@dataclass(frozen=True, slots=True)
class Records:
    """Records that stay: `runs` is how many there are in a folder, None where they are no runs but `what` says."""

    path: Path
    runs: int | None = None
    what: str = LISTING

    @property
    def remove(self) -> str:
        """Return the command that removes them."""
        return shlex.join(["rm", *(["-r"] if self.runs is not None or self.what == MARKS else []), str(self.path)])

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"path": str(self.path), "runs": self.runs, "remove": self.remove}


def kept(project: Path, hosts: Iterable[Host]) -> list[Records]:
    """Find the records of a project's runs and those that hosts keep in the home, the list of all runs, and metrics."""
    inside = [host.PLACES.runs.removeprefix("~/") for host in hosts if host.PLACES.runs.startswith("~/")]
    roots = dict.fromkeys([project / PROJECT_ROOT, *(places.home() / folder for folder in inside)])
    found = [Records(root / "runs", runs) for root in roots if (runs := _runs(root / "runs"))]
    state = places.state_folder()
    others = {"runs.jsonl": LISTING, "projects.jsonl": PROJECTS, "marks": MARKS, "metrics.sqlite": METRICS}
    return found + [Records(state / name, what=what) for name, what in others.items() if (state / name).exists()]


def _runs(folder: Path) -> int:
    """Count the run directories in a folder."""
    try:
        return sum(1 for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return 0
