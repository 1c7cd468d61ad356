"""The local engine: attempts are processes of this machine, which outlive the program that began them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.engine import Engine
    from batchpack.local.session import LocalSession

NAME = "local"
TITLE = "this machine"


def open(folder: Path, run: str) -> LocalSession:  # noqa: A001 - the name of the engines' page
    """Open a run's attempts: in `attempts/` and `journal.sqlite` of the run's folder."""
    from batchpack.local.session import LocalSession

    return LocalSession(folder, run)


@hookimpl
def batchpack_engines(register: Callable[[Engine], None]) -> None:
    """Offer this engine."""
    register(cast("Engine", sys.modules[__name__]))
