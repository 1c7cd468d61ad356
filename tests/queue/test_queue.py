"""The questions that every queue answers."""

from __future__ import annotations

import inspect

from batchpack.queue.queue import Queue
from batchpack.queue.store import SqliteQueue


def test_the_store_answers_every_question() -> None:
    """The queue in SQLite has each verb of the Protocol, with the same words."""
    asked = {name: inspect.signature(verb) for name, verb in vars(Queue).items() if inspect.isfunction(verb)}
    asked = {name: told for name, told in asked.items() if not name.startswith("_")}
    answered = {name: inspect.signature(getattr(SqliteQueue, name)) for name in asked}

    assert {name: list(told.parameters) for name, told in asked.items()} == {
        name: list(told.parameters) for name, told in answered.items()
    }
    assert {"claim", "complete", "fail", "heartbeat", "release", "requeue", "bury"} <= set(asked)
