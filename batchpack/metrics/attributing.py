"""What the agents of a host used for a run, from the host's own records, by what their prompts named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from batchpack.collector import Session
from batchpack.execution.facts import BY_HOST
from batchpack.executor import Usage
from batchpack.ledger import Ledger, Row, SessionRow, Where
from batchpack.metrics.values import Attempt, Record, Task
from batchpack.runs import ids

Thread = tuple[str, str, str]
"""A session's host and id, and the part of it."""
UNHEARD = frozenset({"running", "lost", "cancelled", "void", "cut off"})
"""How an attempt of an executor stands that was never asked what it used; its session is in none of the others."""
SLACK_SECONDS = 1.0
"""An agent may be on record a moment before its attempt is."""


def filled(record: Record, ledger: Ledger) -> Record:
    """Return a run with what each attempt used of which only the host's own records tell, and by which model.

    An attempt that no conversation names stays unknown; several conversations of one attempt are added up.
    """
    if not is_wanting(record):
        return record
    found = _used(record, ledger)
    return replace(record, tasks=tuple(_filled(task, found) for task in record.tasks)) if found else record


def is_wanting(record: Record) -> bool:
    """Tell whether a run has attempts of which only the host's own records say what they used.

    These are those of a host's agents, and those of an executor that go on or ended without a word.
    """
    return any(map(_is_wanting, record.attempts))


def _is_wanting(attempt: Attempt) -> bool:
    """Tell whether an attempt is one of these."""
    return attempt.usage is None and (attempt.executor == BY_HOST or (attempt.by_model and attempt.end in UNHEARD))


def itself(record: Record, ledger: Ledger) -> Usage | None:
    """Return what the conversations used that started a run's agents, from its begin to its end; None: not known.

    What their other agents used that name no run is in it. It is no attempt's, and in no attempt's figures.
    """
    threads = [row.session for row in _of_run(record, ledger)]
    starters = {(one.host, one.id if one.part else one.parent) for one in threads if one.part or one.parent}
    rows = [row for host, name in sorted(starters) for row in _own(record, ledger, host, name)]
    return _sum((row, row.key[1]) for row in rows) if rows else None


def _own(record: Record, ledger: Ledger, host: str, name: str) -> list[Row]:
    """Return what a session used for no run while this one went on, by model."""
    where = Where(since=record.begun, until=record.last + SLACK_SECONDS, host=host, session=name)
    return [row for row in ledger.totals(("run", "model"), where) if not row.key[0]]


def _filled(task: Task, found: Mapping[tuple[str, int], Usage]) -> Task:
    """Return a task with the attempts' use."""
    return replace(task, attempts=tuple(_with(one, found.get((task.name, one.number))) for one in task.attempts))


def _with(attempt: Attempt, usage: Usage | None) -> Attempt:
    """Return an attempt with its use; what is known otherwise stays."""
    if usage is None or not _is_wanting(attempt):
        return attempt
    return replace(attempt, usage=usage, model=usage.model or attempt.model)


def _used(record: Record, ledger: Ledger) -> dict[tuple[str, int], Usage]:
    """Return what was used for each attempt that conversations name."""
    sums, models = dict[tuple[str, int], list[tuple[Row, str]]](), _models(record, ledger)
    tasks = {task.name: task for task in record.tasks}
    named = [(key, row) for row in _of_run(record, ledger) if (key := _attempt(row, tasks)) is not None]
    own = defaultdict[str, set[int]](set)
    for (task, number), _ in named:
        own[task].add(number)
    for (task, number), row in named:
        later = _resumed(row, tasks[task].attempts, number, own[task])
        if not later:
            sums.setdefault((task, number), []).append((row.sums, models.get(row.session[:3], "")))
        for at, until in pairwise((None, *later, None)) if later else ():
            since, end = at.begun if at else None, until.begun if until else None
            sums.setdefault((task, at.number if at else number), []).extend(_between(ledger, row.session, since, end))
    return {key: _sum(every) for key, every in sums.items() if every}


def _resumed(row: SessionRow, attempts: Sequence[Attempt], number: int, own: Collection[int]) -> list[Attempt]:
    """Return the later attempts that a conversation went on with: those begun before its end that have none of theirs.

    A conversation names the first attempt that it was for; what it used is parted where the next ones began.
    """
    end = row.last_at or 0.0
    found = [one for one in attempts if one.number > number and one.number not in own and one.begun <= end]
    return sorted(found, key=lambda one: one.begun)


def _between(ledger: Ledger, of: Session, since: float | None, until: float | None) -> list[tuple[Row, str]]:
    """Return what a conversation used in a span, by model."""
    where = Where(since, until, host=of.host, session=of.id, run=of.run, task=of.task, attempt=of.attempt)
    return [(row, row.key[1]) for row in ledger.totals(("part", "model"), where) if row.key[0] == of.part]


def _of_run(record: Record, ledger: Ledger) -> Iterator[SessionRow]:
    """Yield the conversations for a run; one that only knows its four digits must be of its project and not earlier."""
    yield from ledger.sessions(Where(run=record.run))
    for row in ledger.sessions(Where(run=ids.short(record.run))):
        if _is_of(row.session, record) and (row.last_at is None or row.last_at >= record.begun - SLACK_SECONDS):
            yield row


def _is_of(session: Session, record: Record) -> bool:
    """Tell whether a conversation took place in a run's project, or in a worktree below it."""
    return not session.project or f"{session.project}/".startswith(f"{record.project}/")


def _models(record: Record, ledger: Ledger) -> dict[Thread, str]:
    """Return the model that wrote most in each conversation for a run."""
    most = dict[Thread, tuple[int, str]]()
    for name in (record.run, ids.short(record.run)):
        for row in ledger.totals(("host", "session", "part", "model"), Where(run=name)):
            host, session, part, model = row.key
            most[host, session, part] = max(most.get((host, session, part), (-1, "")), (row.output, model))
    return {thread: model for thread, (_, model) in most.items()}


def _attempt(row: SessionRow, tasks: Mapping[str, Task]) -> tuple[str, int] | None:
    """Return the attempt that a conversation was for; one that names none was for the last begun before it."""
    name, number = row.session.task, row.session.attempt
    if name not in tasks:
        name, number = f"{name}-{number}", 0  # a file's name can be read as a task and its attempt
    if name not in tasks:
        return None
    attempts = tasks[name].attempts
    if number:
        return (name, number) if any(one.number == number for one in attempts) else None
    if row.first_at is None:
        return (name, attempts[0].number) if len(attempts) == 1 else None
    begun = [one for one in attempts if one.begun <= row.first_at + SLACK_SECONDS] or attempts[:1]
    return (name, begun[-1].number) if begun else None


def _sum(rows: Iterable[tuple[Row, str]]) -> Usage:
    """Add up sums of one model each; the cost is known where that of all is, the model is the one that wrote most."""
    every: Sequence[tuple[Row, str]] = list(rows)
    sums = [row for row, _ in every]
    costs = [_dollars(row) for row in sums]
    known = [one for one in costs if one is not None]
    return Usage(
        sum(row.input for row in sums), sum(row.output for row in sums), sum(row.cache_read for row in sums),
        sum(row.write_5m + row.write_1h for row in sums),
        float(sum(known, Decimal(0))) if len(known) == len(costs) else None,
        max(((row.output, model) for row, model in every), default=(0, ""))[1],
    )  # fmt: skip


def _dollars(row: Row) -> Decimal | None:
    """Return what requests cost at list prices, else by the host's own word; None where either lacks some of them."""
    if row.priced_requests == row.requests:
        return row.dollars
    return row.said_dollars if row.said_requests == row.requests else None
