"""Requests as they add up: looked up by key, merged, and written as the differences to what is there."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from operator import add
from typing import Any, NamedTuple

from batchpack.collector import Used
from batchpack.ledger import bands
from batchpack.ledger.schema import COUNTS, GROUP, NO_SLOT, PLACE, SLOT_SECONDS, WHOLE
from batchpack.ledger.values import ATTEMPT

ASKED_AT_ONCE = 10_000
"""Keys in one question; SQLite takes 32,766."""

Place = tuple[Any, ...]
"""The values of `schema.PLACE`."""
Counts = tuple[int, ...]
"""The values of `schema.COUNTS`."""


class Request(NamedTuple):
    """One request as told: where it belongs but for its band, and its counts."""

    thread: int
    at: float | None
    model: int
    batch: int
    geography: str
    summary: int
    counts: Counts


_APPEND = f"INSERT INTO usage (key, {', '.join(PLACE + COUNTS)}) VALUES ({', '.join('?' * (1 + len(PLACE + COUNTS)))})"  # noqa: S608 - constants of ours
_ADD_UP = """INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {sums}"""
_SUMS = ", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTS)
_EMPTY = "DELETE FROM {table} WHERE {group} AND requests = 0"
_KNOWN = f"""SELECT key, {", ".join(PLACE + COUNTS)} FROM usage INDEXED BY usage_key WHERE key IN ({{marks}})
    ORDER BY key, id"""  # noqa: S608
"""The index is named, since SQLite would rather read the whole table in its order."""
_SEEN = """UPDATE thread SET first_at = min(coalesce(first_at, ?1), ?1), last_at = max(coalesce(last_at, ?2), ?2)
    WHERE id = ?3"""
_OWN = """UPDATE session SET own = own + ? WHERE name != '' AND id = (SELECT session FROM thread WHERE id = ?)"""


def digest(host: str, key: str) -> int:
    """Return what a request is known by: a number of 64 bits, and nothing that a host wrote.

    Two of a million requests share one by chance in one of 37 million ledgers; the shorter it is, the less of its
    index is written again for each portion.
    """
    data = blake2b(f"{host}\0{key}".encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(data, signed=True)


def request(used: Used, thread: int, at: float | None, model: int, geography: str, said: int | None) -> Request:
    """Return a request as it is stored."""
    counts = (
        used.requests, used.input, used.output, used.cache_read, used.write_5m, used.write_1h, used.web_searches,
        said or 0, 0 if said is None else used.requests,
    )  # fmt: skip
    return Request(thread, at, model, int(used.batch), geography, int(used.key.startswith(ATTEMPT)), counts)


def merged(one: Request, other: Request) -> Request:
    """Return what two tellings of one request come to: of each count the highest, the earliest time, what is known.

    The thread and the model are those it was first told with: what is copied between sessions stays where it was.
    """
    if one == other:
        return one
    times = [at for at in (one.at, other.at) if at is not None]
    return Request(
        one.thread,
        min(times, default=None),
        one.model or other.model,
        max(one.batch, other.batch),
        min(one.geography, other.geography) or one.geography or other.geography,
        one.summary,
        tuple(map(max, one.counts, other.counts)),
    )


def place(one: Request) -> Place:
    """Return where a request belongs, by what it is known to be; what sums a session up may be of several requests."""
    counts = one.counts
    band = bands.band(counts[1] + counts[3] + counts[4] + counts[5], counts[0] + one.summary)
    return one.thread, one.at, one.model, band, one.batch, one.geography, one.summary


class Entries:
    """Rows to append, and what they add to the sums and to what is known of threads."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.sums: dict[Place, list[int]] = {}
        self.taken_back: set[Place] = set()
        self.own: dict[int, int] = defaultdict(int)

    def add(self, key: int, where: Place, counts: Counts) -> None:
        """Append counts to a place."""
        self.rows.append((key, *where, *counts))
        thread, at, *rest = where
        group = (thread, slot(at), *rest)
        _increase(self.sums, group, counts)
        if not where[-1]:
            self.own[thread] += counts[0]

    def take_back(self, key: int, where: Place, counts: Counts) -> None:
        """Append the reverse of counts that do not belong where they were said to."""
        self.add(key, where, tuple(-count for count in counts))
        self.taken_back.add((where[0], slot(where[1]), *where[2:]))

    def write(self, connection: sqlite3.Connection) -> None:
        """Write all of it, within a transaction of the caller's."""
        connection.executemany(_APPEND, self.rows)
        self._add_up(connection, "rollup", GROUP, self.sums, self.taken_back)
        totals: dict[Place, list[int]] = {}
        for group, counts in self.sums.items():
            _increase(totals, (group[0], *group[2:]), counts)
        self._add_up(connection, "total", WHOLE, totals, {(group[0], *group[2:]) for group in self.taken_back})
        connection.executemany(_OWN, ((count, thread) for thread, count in self.own.items() if count))
        connection.executemany(_SEEN, self._spans())

    @staticmethod
    def _add_up(
        connection: sqlite3.Connection,
        table: str,
        group: tuple[str, ...],
        sums: Mapping[Place, list[int]],
        taken_back: Iterable[Place],
    ) -> None:
        """Add to the sums of a table; those that come to nothing go."""
        columns = group + COUNTS
        marks = ", ".join("?" * len(columns))
        query = _ADD_UP.format(table=table, columns=", ".join(columns), marks=marks, sums=_SUMS)
        connection.executemany(query, ((*of, *counts) for of, counts in sums.items()))
        where = " AND ".join(f"{name} = ?" for name in group)
        connection.executemany(_EMPTY.format(table=table, group=where), taken_back)

    def _spans(self) -> Iterator[tuple[float, float, int]]:
        """Return the earliest and the latest time of each thread."""
        spans: dict[int, tuple[float, float]] = {}
        for row in self.rows:
            thread, at = row[1], row[2]
            if at is not None:
                first, last = spans.get(thread, (at, at))
                spans[thread] = min(first, at), max(last, at)
        return ((first, last, thread) for thread, (first, last) in spans.items())


def _increase(sums: dict[Place, list[int]], of: Place, counts: Iterable[int]) -> None:
    """Add counts to the sums of a group."""
    held = sums.get(of)
    sums[of] = list(counts) if held is None else list(map(add, held, counts))


def slot(at: float | None) -> int:
    """Return the quarter of an hour that a time lies in."""
    return NO_SLOT if at is None else int(at // SLOT_SECONDS)


def store(connection: sqlite3.Connection, told: Mapping[int, Request]) -> int:
    """Write what is new about some requests, within a transaction of the caller's; return how many are new."""
    known = _known(connection, told)
    entries = Entries()
    for key, one in told.items():
        if key not in known:
            entries.add(key, place(one), one.counts)
            continue
        before, band = known[key]
        after = merged(before, one)
        if after == before:
            continue
        old, new = (*place(before)[:3], band, *place(before)[4:]), place(after)
        if old == new:
            entries.add(key, new, tuple(now - then for now, then in zip(after.counts, before.counts, strict=True)))
        else:
            entries.take_back(key, old, before.counts)
            entries.add(key, new, after.counts)
    entries.write(connection)
    return len(told) - len(known)


def _known(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, tuple[Request, int]]:
    """Return what is known under some keys, each with the band it was put in."""
    left = iter(keys)
    found: dict[int, tuple[Request, int]] = {}
    while asked := tuple(islice(left, ASKED_AT_ONCE)):
        rows = connection.execute(_KNOWN.format(marks=", ".join("?" * len(asked))), asked)
        for key, thread, at, model, band, batch, geography, summary, *counts in rows:
            sums = tuple(counts)
            if key in found:
                sums = tuple(have + more for have, more in zip(found[key][0].counts, counts, strict=True))
            found[key] = Request(thread, at, model, batch, geography, summary, sums), band
    return found
