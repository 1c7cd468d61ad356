"""What calls about items used: one line each beside the batch, appended as each call ends."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from batchpack import projects
from batchpack.clock import now
from batchpack.errors import Unwritable
from batchpack.executor import Answer, Order
from batchpack.files import append_line
from batchpack.item_runs.values import Options, Subject

FILE = "usage.jsonl"


def note(options: Options, subject: Subject, order: Order, answer: Answer) -> None:
    """Write down what one call used and in which session; a disk that is full costs the line, not the call."""
    if answer.usage is None and not answer.session:
        return
    facts: Mapping[str, Any] = {
        "at": now(), "call": os.urandom(6).hex(), "executor": options.executor.NAME, "session": answer.session,
        "task": subject.task, "attempt": order.attempt, "agent": order.agent, "model": order.model,
        "usage": answer.usage._asdict() if answer.usage else None,
    }  # fmt: skip
    projects.remember(options.project)
    with suppress(Unwritable, UnicodeEncodeError):
        append_line(path(options.folder), json.dumps(facts))


def path(folder: Path) -> Path:
    """Return the file of a batch's folder."""
    return folder / FILE
