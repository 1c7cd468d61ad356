"""What is wrong with a plan: every complaint with its place, all of them told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from batchpack.errors import BatchpackError
from batchpack.workplan.values import WorkPlan

SHOWN = 20
"""How many complaints one error shows; `batchpack tasks check` shows them all."""


class Complaint(NamedTuple):
    """Something that must be mended: `where` is the file with its line, empty where there is none."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


class BadPlan(BatchpackError):
    """A plan that cannot be run; `plan` is what was understood of it, so that it can be shown all the same."""

    def __init__(self, name: str, complaints: Iterable[Complaint], plan: WorkPlan | None = None) -> None:
        self.complaints = tuple(complaints)
        self.plan = plan
        more = len(self.complaints) - SHOWN
        listed = "".join(f"\n  {one}" for one in self.complaints[:SHOWN])
        rest = f"\n  … and {more} more; see them all with: batchpack tasks check" if more > 0 else ""
        count = "one thing" if len(self.complaints) == 1 else f"{len(self.complaints)} things"
        super().__init__(f"{name} cannot be run, {count} must be mended:{listed}{rest}", "nothing was started")


def checked(path: Path, understood: tuple[WorkPlan, Sequence[Complaint]]) -> WorkPlan:
    """Return the plan that was understood of a file or folder; raises BadPlan where there are complaints."""
    plan, complaints = understood
    if complaints:
        raise BadPlan(str(path), complaints, plan)
    return plan
