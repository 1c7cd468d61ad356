"""What is asked for is looked up and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.metrics.gathering import opened
from batchpack.output import say, say_json, window

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
    asked = _asked(app, given)
    if given["watch"] is not None:
        from batchpack.commands.batch_metrics import _watching

        _watching.watch(lambda: lines(app, asked, how, _watching.FEW), given["watch"])
    elif how.as_json:
        say_json(facts(app, asked, how))
    elif how.as_csv:
        from batchpack.commands.batch_metrics import _tabling

        if text := _tabling.text(facts(app, asked, how), asked, how.by):
            say(text)
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


def _asked(app: App, given: dict[str, Any]) -> Asked:
    """Return what to look at."""
    from batchpack.metrics import moments, overview
    from batchpack.metrics.overview import Asked
    from batchpack.runs import store

    project = given["project"].resolve() if given["project"] else None
    since = moments.parse(given["since"]) if given["since"] else None
    folder = None
    if given["run"]:
        folder = store.find(given["run"], app.project(project)).folder
    elif given["last"]:
        folder = overview.newest(project, app.registry)
    return Asked(project, since, folder)


def _rows(app: App, asked: Asked, how: Form) -> list[Row]:
    """Return what the ledger knows by a word."""
    from batchpack.metrics import overview

    with opened(app, news=not how.no_collect) as ledger:
        return overview.rows_of(ledger, how.by or "", asked)


def _overview(app: App, asked: Asked, how: Form) -> Overview:
    """Return what there is."""
    from batchpack.metrics import overview

    with opened(app, news=not how.no_collect) as ledger:
        return overview.gather(asked, app.registry, ledger)


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
        return sheet.run(found, wide) if asked.folder else sheet.lines(found, wide, shown)
    if how.by == "batch":
        return sheet.batches(_overview(app, asked, how).known.records, wide, shown)
    return sheet.by(_rows(app, asked, how), how.by, wide, shown)
