"""The demo's executor: its agents are small programs that work from a script, so that a run needs no model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.executor import Executor

NAME = "demo"


def command(role: str, prompt: Path) -> list[str]:
    """Return the argv of the agent of a role, run with this very Python."""
    return [sys.executable, str(Path(__file__).with_name("agent.py")), role, str(prompt)]


@hookimpl
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer this executor."""
    register(cast("Executor", sys.modules[__name__]))
