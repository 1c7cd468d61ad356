"""Portions of sources, stored whole: their facts, and how far the source is read with them."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from batchpack.collector import Complaint, Cursor, Mark, Portion, Session, Source, Used
from batchpack.database import transaction
from batchpack.ledger import checking, complaints, meta, requests, threads
from batchpack.ledger.requests import Request
from batchpack.ledger.values import Taken, Taking, Told

_CURSOR = "SELECT cursor FROM source WHERE collector = ? AND key = ?"
_READ = """INSERT INTO source (collector, key, stamp, cursor) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET stamp = excluded.stamp, cursor = excluded.cursor"""
_STAMP = """INSERT INTO source (collector, key, stamp, cursor) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET stamp = excluded.stamp"""
_MARK = "INSERT INTO mark (thread, at, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ADD_MODEL = "INSERT INTO model (name) VALUES (?) ON CONFLICT DO NOTHING"
_MODEL = "SELECT id FROM model WHERE name = ?"
UNREAD = ""
"""The stamp of a source of which more is to be read."""
NOBODY = Complaint("facts that name no host were passed over")
BAD_TIME = Complaint("a time that cannot be: counted without a day")
BAD_DOLLARS = Complaint("a cost that cannot be: taken for unknown")


@dataclass(slots=True)
class Facts:
    """The facts of a portion, fit to be stored."""

    sessions: dict[threads.Name, Session] = field(default_factory=dict)
    used: list[tuple[threads.Name, Used, float | None, int | None]] = field(default_factory=list)
    marks: list[tuple[threads.Name, float, str]] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)


def take(connection: sqlite3.Connection, takings: Sequence[Taking]) -> list[Taken]:
    """Store portions in one transaction; each whose source was read on by somebody else meanwhile is left out."""
    with transaction(connection):
        horizon = meta.horizon(connection)
        return [_take(connection, one, horizon) for one in takings]


def _take(connection: sqlite3.Connection, taking: Taking, horizon: float) -> Taken:
    """Store one portion."""
    of = (taking.collector, checking.storable(taking.source.key))
    row = connection.execute(_CURSOR, of).fetchone()
    if ((row and row["cursor"]) or packed(None)) != packed(taking.before):
        return Taken(kept=False)
    now = time.time()
    facts = _checked(taking.portion, now, horizon)
    numbers = threads.store(connection, facts.sessions.values())
    new = requests.store(connection, _requests(connection, facts, numbers))
    connection.executemany(_MARK, ((numbers[name], at, event) for name, at, event in facts.marks))
    told = complaints.store(connection, *of, facts.complaints, now)
    if taking.done:
        complaints.settle(connection, *of)
    connection.execute(
        _READ, (*of, checking.storable(taking.source.stamp) if taking.done else UNREAD, packed(taking.portion.cursor))
    )
    return Taken(True, new, told)


def fail(
    connection: sqlite3.Connection, collector: str, source: Source, reason: str, *, until_changed: bool
) -> Told | None:
    """Store that a source cannot be read; how far it was read stays as it is. Return the complaint if it is new."""
    of = (collector, checking.storable(source.key))
    with transaction(connection):
        if until_changed:
            connection.execute(_STAMP, (*of, checking.storable(source.stamp), packed(None)))
        new = complaints.store(connection, *of, [Complaint(reason)], time.time(), whole=True)
    return new[0] if new else None


def recover(connection: sqlite3.Connection, collector: str, source: Source) -> None:
    """Take back that a source cannot be read, where that was stored."""
    of = (collector, checking.storable(source.key))
    if complaints.stands(connection, *of):
        with transaction(connection):
            complaints.settle(connection, *of)


def packed(cursor: Cursor | None) -> str:
    """Return a cursor as it is stored and compared."""
    return json.dumps(cursor, sort_keys=True, separators=(",", ":"))


def _checked(portion: Portion, now: float, horizon: float) -> Facts:
    """Return the facts of a portion that may be stored; what lies before the horizon was pruned and stays away."""
    facts = Facts()
    cleaned: dict[Session, threads.Name] = {}
    for fact in portion.facts:
        if isinstance(fact, Complaint):
            facts.complaints.append(fact)
            continue
        told = fact if isinstance(fact, Session) else fact.session
        name = _meet(facts, cleaned, told)
        if not name[0]:
            facts.complaints.append(NOBODY)
        elif isinstance(fact, Used):
            _check_used(facts, name, fact, now, horizon)
        elif isinstance(fact, Mark):
            at = checking.time(fact.at, now)
            if at is not None and at >= horizon:
                facts.marks.append((name, at, checking.text(fact.event)))
    return facts


def _meet(facts: Facts, cleaned: dict[Session, threads.Name], told: Session) -> threads.Name:
    """Add what is told of a session to what the portion tells of it, each telling once; return its name."""
    with suppress(TypeError):  # what a host wrote may not be what it should be, such as a list
        if told in cleaned:
            return cleaned[told]
    clean = checking.session(told)
    name = clean[:3]
    if clean.host:
        facts.sessions[name] = threads.merged(facts.sessions.get(name, clean), clean)
    with suppress(TypeError):
        cleaned[told] = name
    return name


def _check_used(facts: Facts, name: threads.Name, used: Used, now: float, horizon: float) -> None:
    """Add a request to the facts, or what is wrong with it."""
    wrong = checking.complaint_of(used)
    if wrong:
        facts.complaints.append(wrong)
        return
    at = checking.time(used.at, now)
    if at is None:
        facts.complaints.append(BAD_TIME)
    elif at < horizon:
        return
    said = None
    if used.dollars is not None:
        said = checking.billionths(used.dollars)
        if said is None:
            facts.complaints.append(BAD_DOLLARS)
    facts.used.append((name, used, at, said))


def _requests(connection: sqlite3.Connection, facts: Facts, numbers: dict[threads.Name, int]) -> dict[int, Request]:
    """Return the requests of some facts by what they are known by, each told once."""
    models: dict[str, int] = {}
    found: dict[int, Request] = {}
    for name, used, at, said in facts.used:
        model, geography = checking.text(used.model), checking.text(used.geography)
        if model not in models:
            models[model] = _model(connection, model)
        one = requests.request(used, numbers[name], at, models[model], geography, said)
        key = requests.digest(name[0], used.key)
        found[key] = requests.merged(found[key], one) if key in found else one
    return found


def _model(connection: sqlite3.Connection, name: str) -> int:
    """Return the number of a model, made where it is missing; 0 stands for one that is not known."""
    row = connection.execute(_MODEL, (name,)).fetchone()
    return int(row[0]) if row else int(connection.execute(_ADD_MODEL, (name,)).lastrowid or 0)


def sources(connection: sqlite3.Connection, collector: str) -> Iterator[tuple[str, str, Cursor | None]]:
    """Yield key, stamp and cursor of each source of a collector."""
    for key, stamp, cursor in connection.execute(
        "SELECT key, stamp, cursor FROM source WHERE collector = ?", (collector,)
    ):
        yield key, stamp, json.loads(cursor)
