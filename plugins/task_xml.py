"""The source `task_xml`: a folder of task files in XML, one task a file, or one such file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.errors import BatchpackError
from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.source import Source
    from batchpack.workplan.values import Noted, WorkPlan

NAME = "task_xml"
TITLE = "a folder of task files in XML"


def fits(path: Path) -> bool:
    """Tell whether a path is an XML file, or a folder with one in it or in its folders."""
    from batchpack.workplan import xml_folder

    if path.is_file():
        return path.suffix.lower() == ".xml"
    try:
        return any(True for _ in xml_folder.files(path))
    except BatchpackError:
        return False


def read(path: Path) -> WorkPlan:
    """Read all task files of a folder."""
    from batchpack.workplan import xml_folder

    return xml_folder.read(path)


def note(path: Path, noted: Noted) -> None:
    """Write what became of a task into `execute-state.json` of the folder."""
    from batchpack.workplan import execute_notes, execute_state

    folder = path if path.is_dir() else path.parent
    execute_state.update(folder, lambda state: execute_notes.note(state, noted))


def notes(path: Path) -> tuple[Path, ...]:
    """Name `execute-state.json` and its lock."""
    from batchpack.workplan import execute_state

    return execute_state.paths(path if path.is_dir() else path.parent)


@hookimpl
def batchpack_sources(register: Callable[[Source], None]) -> None:
    """Offer this page."""
    register(cast("Source", sys.modules[__name__]))
