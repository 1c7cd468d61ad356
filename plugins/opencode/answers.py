"""What a model used for an answer, as opencode records it in the message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from batchpack.collector import MOST_OF_ONE, Complaint, Session, Used

ID = re.compile(r"msg_([0-9a-f]{12})")
TICKS = 4096
"""An id begins with the milliseconds of its making, times this; only the last 48 bits of that are kept."""
AROUND = 2**48 // TICKS
LARGEST = 10**18
COPIED_AFTER = 1_000
"""Milliseconds after which an id was not made for a new message; opencode makes both in one breath."""


class Answer(NamedTuple):
    """What a message tells, whether it may tell more later, and whether it ended without a word of tokens."""

    facts: tuple[Used | Complaint, ...] = ()
    open: bool = False
    silent: bool = False


def answered(session: Session, key: str, at: object, data: object) -> Answer:
    """Read a message of a session; `at`, in milliseconds, is when it was made. What people say tells nothing."""
    message = _object(data)
    if message is None:
        return Answer((Complaint("a message that cannot be read", key),))
    if message.get("role") != "assistant":
        return Answer()
    times = _part(message, "time")
    created, completed = (_number(times.get(name)) for name in ("created", "completed"))
    if _is_copy(key, created, completed):
        return Answer()
    facts = _told(session, key, (created or _number(at) or 0.0) / 1000, message)
    return Answer(facts, completed is None, not facts and bool(message.get("finish")))


def _object(data: object) -> dict[str, Any] | None:
    """Return a JSON object."""
    import orjson

    try:
        found = orjson.loads(data) if isinstance(data, str) else None
    except ValueError:
        found = _of_json(str(data))
    return found if isinstance(found, dict) else None


def _of_json(text: str) -> object:
    """Read what only Python takes for JSON: halves of letters, and numbers that are none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object in another, an empty one for none."""
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def _is_copy(key: str, created: float | None, completed: float | None) -> bool:
    """Tell whether a message came with a session that was forked: its id is younger than what it tells of.

    Clocks may go back between the beginning and the end of an answer, not between its id and its beginning.
    """
    made = ID.match(key)
    if made is None or created is None:
        return False
    age = (int(made[1], 16) // TICKS - int(created)) % AROUND
    lasted = COPIED_AFTER if completed is None or completed < created else min(completed - created, COPIED_AFTER)
    return lasted < age < AROUND // 2


def _told(session: Session, key: str, at: float, message: Mapping[str, Any]) -> tuple[Used | Complaint, ...]:
    """Read the tokens; an answer that was refused or broken off has none."""
    tokens = _part(message, "tokens")
    cache = _part(tokens, "cache")
    values = (tokens.get("input", 0), tokens.get("output", 0), tokens.get("reasoning", 0))
    counts = [_count(value) for value in (*values, cache.get("read", 0), cache.get("write", 0))]
    if None in counts:
        return (Complaint("a count of tokens that makes no sense", key),)
    if not any(counts):
        return ()
    sent, said, thought, cached, kept = (count or 0 for count in counts)
    model, dollars = message.get("modelID"), _number(message.get("cost")) or None
    name = model if isinstance(model, str) else ""
    return (Used(session, key, at, name, sent, said + thought, cached, kept, dollars=dollars),)


def _count(value: object) -> int | None:
    """Return a count of tokens, None for what is none."""
    if type(value) is float and value.is_integer():  # JavaScript has one kind of numbers
        value = int(value)
    return value if type(value) is int and 0 <= value <= MOST_OF_ONE else None


def _number(value: object) -> float | None:
    """Return a number, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        return None
    return float(value)
