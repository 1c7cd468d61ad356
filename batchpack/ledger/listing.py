"""Sessions and marks, one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from batchpack.collector import Mark, Session
from batchpack.ledger import asking
from batchpack.ledger.schema import COUNTS
from batchpack.ledger.totals import priced, together
from batchpack.ledger.values import SessionRow, Where

_THREAD = "s.host, s.name, t.part, t.parent, t.call, t.agent, t.project, t.run, t.task, t.attempt"
_SUMS = ", ".join(f"sum(f.{name})" for name in COUNTS)
_WIDTH = len(Session._fields)


def sessions(connection: sqlite3.Connection, where: Where) -> Iterator[SessionRow]:
    """Yield each part of a session that used something, in the order of host, session and part."""
    facts, values = asking.facts(where)
    chosen, more = asking.chosen(where)
    query = f"""SELECT {_THREAD}, t.first_at, t.last_at, m.name, f.band, f.batch, f.geography, {_SUMS}
        FROM ({facts}) f {asking.JOINS} JOIN model m ON m.id = f.model WHERE {asking.COUNTED} {chosen}
        GROUP BY t.id, f.model, f.band, f.batch, f.geography ORDER BY s.host, s.name, t.part"""  # noqa: S608 - names of ours
    held: SessionRow | None = None
    for row in connection.execute(query, [*values, *more]):
        session = Session(*row[:_WIDTH])
        first, last, model, band, batch, geography = row[_WIDTH : _WIDTH + 6]
        sums = priced((), model, band, bool(batch), geography, row[_WIDTH + 6 :])
        if held is not None and held.session == session:
            held = held._replace(sums=together(held.sums, sums))
            continue
        if held is not None:
            yield held
        held = SessionRow(session, first, last, sums._replace(sessions=1))
    if held is not None:
        yield held


def marks(connection: sqlite3.Connection, where: Where) -> Iterator[Mark]:
    """Yield the marks of a span, earliest first."""
    chosen, values = asking.chosen(where)
    for column, value in (("k.at >= ?", where.since), ("k.at < ?", where.until)):
        if value is not None:
            chosen, values = f"{chosen} AND {column}", [*values, value]
    query = f"""SELECT {_THREAD}, k.event, k.at FROM mark k JOIN thread t ON t.id = k.thread
        JOIN session s ON s.id = t.session WHERE true {chosen} ORDER BY k.at, k.event"""  # noqa: S608
    for row in connection.execute(query, values):
        yield Mark(Session(*row[:_WIDTH]), *row[_WIDTH:])
