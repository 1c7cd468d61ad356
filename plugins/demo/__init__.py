"""The demo's executor: its agents are small programs that work from a script, so that a run needs no model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack.executor import Answer, Launch, Order
from batchpack.files import read_text
from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.executor import Executor

NAME = "demo"
TITLE = "the demo's agents"
AGENT = False


def missing() -> str:
    """Say that nothing is missing: this very Python is enough."""
    return ""


def launch(order: Order) -> Launch:
    """Return the argv of the agent of a role, run with this very Python."""
    return Launch((sys.executable, str(Path(__file__).with_name("agent.py")), order.agent, str(order.prompt)))


def read(order: Order, out: Path, err: Path, code: int) -> Answer:
    """Return what the agent printed."""
    return Answer(read_text(out))


@hookimpl
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer this executor."""
    register(cast("Executor", sys.modules[__name__]))
