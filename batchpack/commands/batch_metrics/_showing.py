"""What is asked for is looked up and shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack.app import App
from batchpack.errors import BatchpackError, UsageError
from batchpack.metrics import gathering
from batchpack.metrics.gathering import opened
from batchpack.output import say, say_json, warn, window

if TYPE_CHECKING:
    from batchpack.ledger.values import Row
    from batchpack.metrics.overview import Asked, Overview


@dataclass(frozen=True, slots=True)
class Form:
    """How it is to be shown: as one table `by` a word, all rows of it, in which form, with news or without."""

    by: str | None
    everything: bool
    as_json: bool
    as_csv: bool
    no_collect: bool


def show(app: App, **given: Any) -> None:
    """Show once, or again and again."""
    _check(given)
    how = Form(**{name: given[name] for name in Form.__slots__})
    asked, once = _asked(app, given, how)
    how = once if given["watch"] is None else how  # who watches wants news each time
    if given["watch"] is not None:
        from batchpack.commands.batch_metrics import _watching

        _watching.watch(lambda: lines(app, asked, how, _watching.FEW), given["watch"])
    elif how.as_json:
        say_json(facts(app, asked, how))
    elif how.as_csv:
        from batchpack.commands.batch_metrics import _tabling

        found = facts(app, asked, how)
        if text := _tabling.text(found, asked, how.by):
            say(text)
        if reason := found.get("ledger_error"):
            warn(reason)
    else:
        from batchpack.metrics.sheet import SHOWN

        say("\n".join(lines(app, asked, how, SHOWN)))


def _check(given: dict[str, Any]) -> None:
    """Refuse options that contradict each other."""
    for one, other in (("run", "last"), ("as_json", "as_csv"), ("watch", "as_json"), ("watch", "as_csv")):
        if given[one] not in {None, False} and given[other] not in {None, False}:
            words = [f"--{name.removeprefix('as_')}" for name in (one, other)]
            raise UsageError(f"{words[0]} and {words[1]} do not go together", "give one of them")
    if (given["run"] or given["last"]) and given["since"]:
        raise UsageError("a run is shown whole", "leave --since away")


def _asked(app: App, given: dict[str, Any], how: Form) -> tuple[Asked, Form]:
    """Return what to look at, and how; where news were taken in to find that out, they are not looked for again."""
    from batchpack.metrics import moments
    from batchpack.metrics.overview import Asked

    project = given["project"].resolve() if given["project"] else None
    since = moments.parse(given["since"]) if given["since"] else None
    if given["run"]:
        return _named(app, given["run"], project, how)
    if given["last"]:
        return _newest(app, project, how)
    return Asked(project, since), how


def _named(app: App, word: str, project: Path | None, how: Form) -> tuple[Asked, Form]:
    """Return the run that a word means, else the batch of which the ledger knows by that word."""
    from batchpack.metrics import ledgered
    from batchpack.metrics.overview import Asked
    from batchpack.runs import ids, store

    try:
        return Asked(project, folder=store.find(word, app.project(project)).folder), how
    except (store.UnknownRun, ids.BadName) as error:
        unknown = error
    if word == ids.LATEST:
        return _newest(app, project, how)
    try:
        with opened(app, news=not how.no_collect) as ledger:
            name = ledgered.find(ledger, word, project)
    except store.AmbiguousRun:
        raise
    except BatchpackError as error:
        unknown.hint = _untold(error)
        raise unknown from error
    if name is None:
        raise _unused(word, app.project(project)) or unknown
    return Asked(project, batch=name), replace(how, no_collect=True)


def _unused(word: str, project: Path) -> BatchpackError | None:
    """Return what is to be said of a job of messages or batch of items that used nothing known; None: no such one."""
    from batchpack.messages import job as jobs
    from batchpack.queue import batches

    for kind in ("messages status", "items status --batch"):
        with suppress(BatchpackError):
            name = jobs.find(word, project).id if kind == "messages status" else batches.find(project, word).name
            reason = "no model worked for it, or nobody said what it used"
            return BatchpackError(f"nothing is recorded of {name}: {reason}", f"see it with: batchpack {kind} {name}")
    return None


def _untold(error: BatchpackError) -> str:
    """Say that the ledger, which may know of a batch, cannot be used, and how to mend it."""
    return f"it may be in the ledger, which cannot be used: {error.message}; {error.hint}"


def _newest(app: App, project: Path | None, how: Form) -> tuple[Asked, Form]:
    """Return the run that began last, or the batch of which only the ledger knows, if that began later."""
    from batchpack.metrics import ledgered, overview
    from batchpack.metrics.overview import Asked
    from batchpack.runs.store import UnknownRun

    folder, missing = None, None
    try:
        folder = overview.newest(project, app.registry)
    except UnknownRun as error:
        missing = error
    runs = overview.names(project, app.registry)
    batch: tuple[str, float] | None = None
    try:
        with opened(app, news=not how.no_collect) as ledger:
            batch = ledgered.newest(ledger, project, runs)
            how = replace(how, no_collect=True)
    except BatchpackError as error:
        if missing:
            missing.hint = _untold(error)
    if batch and (folder is None or batch[1] > overview.began(folder)):
        return Asked(project, batch=batch[0]), how
    if missing:
        raise missing
    return Asked(project, folder=folder), how


def _rows(app: App, asked: Asked, how: Form) -> list[Row]:
    """Return what the ledger knows by a word."""
    from batchpack.metrics import overview

    with opened(app, news=not how.no_collect) as ledger:
        return overview.rows_of(ledger, how.by or "", asked)


def _overview(app: App, asked: Asked, how: Form) -> Overview:
    """Return what there is; where the ledger cannot be used, what the runs' journals say, if there are any."""
    from batchpack.metrics import overview

    known = overview.runs(asked, app.registry)
    try:
        with opened(app, news=not how.no_collect) as ledger:
            return overview.used(asked, known, ledger)
    except BatchpackError as error:
        if not known.records:
            raise
        return overview.Overview(asked, known, wrong=gathering.wrong(error))


def facts(app: App, asked: Asked, how: Form) -> dict[str, Any]:
    """Return the figures for programs."""
    from batchpack.metrics import stats, usage

    if how.by is None:
        return _overview(app, asked, how).to_json()
    if how.by == "batch":
        rows = [one for record in _overview(app, asked, how).known.records for one in stats.batches(record)]
        return {"by": "batch", "rows": rows}
    by = usage.BY[how.by]
    return {"by": how.by, "rows": [usage.facts(row, by) for row in _rows(app, asked, how)]}


def lines(app: App, asked: Asked, how: Form, most: int) -> list[str]:
    """Return the figures for people, a table having so many rows unless all are wanted."""
    from batchpack.metrics import sheet

    wide, shown = window(), None if how.everything else most
    if how.by is None:
        found = _overview(app, asked, how)
        if found.batch:
            return sheet.batch(found, found.batch, wide, shown)
        return sheet.run(found, wide) if asked.folder else sheet.lines(found, wide, shown)
    if how.by == "batch":
        return sheet.batches(_overview(app, asked, how).known.records, wide, shown)
    return sheet.by(_rows(app, asked, how), how.by, wide, shown)
