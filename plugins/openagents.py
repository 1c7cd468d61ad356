"""The source `openagents`: a feature of task-cli, `.tmp/tasks/<feature>`, or the folder of all features."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.source import Source
    from batchpack.workplan.values import Noted, WorkPlan

NAME = "openagents"
TITLE = "a feature of task-cli"


def fits(path: Path) -> bool:
    """Tell whether a folder is a feature, or holds one."""
    from batchpack.workplan import features

    try:
        return path.is_dir() and features.fits(path)
    except OSError:
        return False


def read(path: Path) -> WorkPlan:
    """Read what is still to be done of a feature, or of all."""
    from batchpack.workplan import features

    return features.read(path)


def note(path: Path, noted: Noted) -> None:
    """Start and complete subtasks as task-cli does."""
    from batchpack.workplan import feature_notes

    feature_notes.note(path, noted)


def notes(path: Path) -> tuple[Path, ...]:
    """Name the folder of the features."""
    return (path,)


@hookimpl
def batchpack_sources(register: Callable[[Source], None]) -> None:
    """Offer this page."""
    register(cast("Source", sys.modules[__name__]))
