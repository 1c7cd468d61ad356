"""What may enter the ledger: short texts without control characters, counts that can be, times that can be."""

from __future__ import annotations

import re
from typing import Any

from batchpack.collector import MOST_TOKENS, Complaint, Session, Used

TEXT_LIMIT = 200
"""Characters of a text; a prompt does not fit in."""
PATH_LIMIT = 1024
"""Characters of a project's folder: one that was clipped would be another."""
EARLIEST = 1577836800.0
"""The first second of 2020 in UTC: no host kept records before that."""
AHEAD_SECONDS = 86400.0
"""How far the clock of another machine may be ahead of ours."""
MOST_DOLLARS = 1e4
"""Above this the cost of one request is no measurement."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_:.-]{1,80}")
BILLIONTHS = 10**9


def text(value: Any, most: int = TEXT_LIMIT) -> str:
    """Return a text that may be stored: of one line, clipped, what cannot be printed replaced."""
    if type(value) is not str:
        return ""
    if len(value) <= most and value.isprintable():
        return value
    return "".join(letter if letter.isprintable() else "?" for letter in value[:most])


def session(told: Session) -> Session:
    """Return a session with texts that may be stored."""
    number = told.attempt if is_count(told.attempt) else 0
    return Session._make([*map(text, told[:-1]), number])._replace(project=folder(told.project))


def folder(value: Any) -> str:
    """Return the path of a folder that may be stored; what is no such path is a text as all others."""
    return text(value, PATH_LIMIT if type(value) is str and value.startswith("/") else TEXT_LIMIT)


def time(value: Any, now: float) -> float | None:
    """Return a time; None for one that cannot be: before 2020, more than a day ahead, or no number."""
    if type(value) not in {int, float} or not EARLIEST <= value <= now + AHEAD_SECONDS:
        return None
    return float(value)


def is_count(value: Any) -> bool:
    """Tell whether a value is a count that can be."""
    return type(value) is int and 0 <= value <= MOST_TOKENS


def complaint_of(used: Used) -> Complaint | None:
    """Return what is wrong with a request so that it is not stored."""
    if type(used.key) is not str or not used.key:
        return Complaint("a request without a name was passed over")
    counts = (used.input, used.output, used.cache_read, used.write_5m, used.write_1h, used.web_searches, used.requests)
    for count in counts:
        if type(count) is not int or not 0 <= count <= MOST_TOKENS:
            return Complaint("a request with a count that cannot be was passed over", _place(used.key))
    return None if used.requests else Complaint("a request that counts as none was passed over", _place(used.key))


def _place(key: str) -> str:
    """Return a key that may be shown: what looks like one, and like no text."""
    return key if _IDENTIFIER.fullmatch(key) else ""


def storable(name: str) -> str:
    """Return the name of a source as a database can hold it, one that is no UTF-8 too."""
    return name.encode(errors="backslashreplace").decode()


def billionths(dollars: float | None) -> int | None:
    """Return dollars as a whole number of billionths; None for what is no sum that a request can cost."""
    if dollars is None or type(dollars) not in {int, float} or not 0 <= dollars <= MOST_DOLLARS:
        return None
    return round(dollars * BILLIONTHS)
