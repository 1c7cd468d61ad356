"""The source `plan_yaml`: a plan in one file of YAML or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.source import Source
    from batchpack.workplan.values import Noted, WorkPlan

NAME = "plan_yaml"
TITLE = "a plan file (YAML or JSON)"


def fits(path: Path) -> bool:
    """Tell whether a path is a file named as YAML or JSON."""
    return path.suffix.lower() in {".yaml", ".yml", ".json"} and path.is_file()


def read(path: Path) -> WorkPlan:
    """Read a plan file."""
    from batchpack.workplan import plan_file

    return plan_file.read(path)


def note(path: Path, noted: Noted) -> None:
    """Write nothing: a plan file is its author's."""


def notes(path: Path) -> tuple[Path, ...]:
    """Name no file."""
    return ()


@hookimpl
def batchpack_sources(register: Callable[[Source], None]) -> None:
    """Offer this page."""
    register(cast("Source", sys.modules[__name__]))
