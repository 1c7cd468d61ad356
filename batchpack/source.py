"""What a source of tasks is: a format in which people keep plans of work."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from batchpack.workplan.values import Noted, WorkPlan


class Source(Protocol):
    """A format of plans."""

    NAME: str
    TITLE: str

    def fits(self, path: Path) -> bool:
        """Tell by the name and the look of a file or folder whether it is of this format; never raises."""

    def read(self, path: Path) -> WorkPlan:
        """Read a plan; raises BatchpackError that names file and line, all complaints at once."""

    def note(self, path: Path, noted: Noted) -> None:
        """Write what became of a task where the format keeps it, if it does; noted twice it stands there once.

        Raises BatchpackError; a run goes on without.
        """

    def notes(self, path: Path) -> tuple[Path, ...]:
        """Name the files and folders that `note` writes below."""
