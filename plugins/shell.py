"""The executor of tasks that are a line for the shell: no model, no agent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack import process
from batchpack.errors import BatchpackError
from batchpack.executor import Answer, Launch, Order
from batchpack.markers import hookimpl

if TYPE_CHECKING:
    from batchpack.executor import Executor

NAME = "shell"
TITLE = "the shell"
AGENT = False
SHELL = "/bin/sh"
LAST_WORDS = 200_000
"""Bytes at the end of the output that are looked at for a RESULT."""


def missing() -> str:
    """Say when there is no shell."""
    return "" if process.find(SHELL) else f"{SHELL} is missing"


def launch(order: Order) -> Launch:
    """Return `/bin/sh -c <command>` with the line as its author wrote it.

    Task and attempt stand in variables, and from the second attempt on the file that tells what went wrong before.
    """
    if not order.command.strip():
        raise BatchpackError(
            f"task {order.task} has no command, which the shell needs",
            "give it a command, or name an executor that starts agents: --executor",
        )
    told = {"BATCHPACK_TASK": order.task, "BATCHPACK_ATTEMPT": str(order.attempt)}
    told |= {"BATCHPACK_PROMPT": str(order.prompt)} if order.prompt.is_file() else {}
    return Launch((SHELL, "-c", order.command), told)


def read(order: Order, out: Path, err: Path, code: int) -> Answer:
    """Return the end of what was printed; a program may end it with a RESULT, but need not."""
    try:
        with out.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - LAST_WORDS))
            return Answer(stream.read().decode(errors="replace"))
    except OSError:
        return Answer("")


@hookimpl
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer this executor."""
    register(cast("Executor", sys.modules[__name__]))
