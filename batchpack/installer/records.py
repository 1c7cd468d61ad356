"""What an uninstall leaves since it is the user's: the records of runs, and the list of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import places
from batchpack.host import Host

PROJECT_ROOT = ".batchpack"


@dataclass(frozen=True, slots=True)
class Records:
    """Records that stay: `runs` is how many there are in a folder, and None for the file that lists all of them."""

    path: Path
    runs: int | None = None

    @property
    def remove(self) -> str:
        """Return the command that removes them."""
        return shlex.join(["rm", *(["-r"] if self.runs is not None else []), str(self.path)])

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"path": str(self.path), "runs": self.runs, "remove": self.remove}


def kept(project: Path, hosts: Iterable[Host]) -> list[Records]:
    """Find the records of a project's runs, those that the hosts keep in the home, and the list of all runs."""
    inside = [host.PLACES.runs.removeprefix("~/") for host in hosts if host.PLACES.runs.startswith("~/")]
    roots = dict.fromkeys([project / PROJECT_ROOT, *(places.home() / folder for folder in inside)])
    found = [Records(root / "runs", runs) for root in roots if (runs := _runs(root / "runs"))]
    listing = places.state_folder() / "runs.jsonl"
    return found + ([Records(listing)] if listing.is_file() else [])


def _runs(folder: Path) -> int:
    """Count the run directories in a folder."""
    try:
        return sum(1 for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return 0
