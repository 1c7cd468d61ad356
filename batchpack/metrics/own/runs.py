"""What `batchpack run` knows of its attempts: which session worked for which task, and what it said it used."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from batchpack.collector import Complaint, Cursor, Fact, Portion, Session, Source, Used
from batchpack.database import reading
from batchpack.execution.facts import BY_HOST, is_work
from batchpack.execution.state import seconds
from batchpack.execution.store import WorkRun
from batchpack.ledger.values import ATTEMPT
from batchpack.metrics.own.shelf import Shelf, stamp, word

EVENTS = 500
ASK = "SELECT seq, at, task, attempt, facts FROM event WHERE name = 'judged' AND seq > ? ORDER BY seq LIMIT ?"
STARTS = "SELECT seq, task, attempt, facts FROM event WHERE name = 'attempt_started' AND seq > ? AND seq < ?"
LATEST = "SELECT coalesce(max(seq), 0) FROM event"


class Runs:
    """Reads the journals of runs of work; each is a source."""

    NAME, TITLE = "runs", "runs of `batchpack run`"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def sources(self) -> Iterator[Source]:
        """Yield the journals there are."""
        for folder in sorted(self._shelf.runs()):
            journal = folder / "journal.sqlite"
            if found := stamp(journal, journal.with_name("journal.sqlite-wal")):
                yield Source(str(folder), found)

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Yield what was judged behind a cursor: each attempt ties its session to its task.

        Runs whose attempts a host's own agents carry out say nothing of their own. Raises BrokenFile and its kin.
        """
        run = WorkRun(Path(source.key))
        if not is_work(run.folder) or run.facts.options.executor == BY_HOST:
            return
        with reading(run.journal) as journal:
            seq = int(cursor["seq"]) if cursor else 0
            if seq > journal.execute(LATEST).fetchone()[0]:
                seq = 0  # it is not the journal that was read
            teller = _Teller(self._shelf, run)
            while rows := journal.execute(ASK, (seq, EVENTS)).fetchall():
                seq = rows[-1]["seq"]
                teller.learn(journal.execute(STARTS, (teller.learned, seq)))
                yield Portion(tuple(fact for row in rows for fact in teller.tell(row)), {"seq": seq})


class _Teller:
    """Tells what an attempt of one run used."""

    def __init__(self, shelf: Shelf, run: WorkRun) -> None:
        self._shelf, self._run = shelf, run
        self._agents = {task.id: task.agent for task in run.plan.tasks}
        self._begun = dict[tuple[str, int], Mapping[str, Any]]()
        self.learned = 0

    def learn(self, rows: Iterable[sqlite3.Row]) -> None:
        """Take in how attempts were begun, in the order of the journal."""
        for row in rows:
            self._begun[row["task"], row["attempt"]] = _facts(row)
            self.learned = row["seq"]

    def tell(self, row: sqlite3.Row) -> Iterator[Fact]:
        """Yield the session of a judged attempt, and what it used where that was told."""
        try:
            yield from self._tell(row["task"], row["attempt"], row["at"], _facts(row))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            yield Complaint("an event that is not as batchpack writes it", f"event {row['seq']}")

    def _tell(self, task: str, number: int, at: str, facts: Mapping[str, Any]) -> Iterator[Fact]:
        """Yield the facts of one attempt."""
        begun = self._begun.get((task, number), {})
        key = f"{ATTEMPT}{self._run.id}:{task}:{number}"
        known, usage = word(facts.get("session")), facts.get("usage")
        session = Session(
            self._shelf.host(word(begun.get("executor"))), word(known, key), agent=self._agents.get(task, ""),
            project=str(self._run.facts.project), run=self._run.id, task=task, attempt=number,
        )  # fmt: skip
        if usage:
            yield used(session, key, seconds(at), usage, word(usage.get("model"), begun.get("model")))
        elif known:
            yield session


def _facts(row: sqlite3.Row) -> dict[str, Any]:
    """Return the facts of an event; none where they are no object."""
    try:
        found = json.loads(row["facts"])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def used(session: Session, key: str, at: float, usage: Mapping[str, Any], model: str) -> Used:
    """Return what an executor said that an attempt used, a sum of an unknown number of requests.

    What was written to the cache counts as for five minutes, the default. Raises KeyError.
    """
    return Used(
        session, key, at, model, usage["input"], usage["output"], usage["cache_read"], usage["cache_write"],
        dollars=usage.get("dollars"),
    )  # fmt: skip
