"""`batch-metrics`: where the time, the tokens and the money of batches went."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from batchpack.groups import LateGroup, options

BY = ("agent", "batch", "day", "host", "model", "project", "run", "session", "task")


def _said(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty word: it comes of a variable that was never set, and would ask for everything."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty.")
    return value


def _number(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """Refuse what only computers call a number, which lies in every range."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("it is no number of seconds.")
    return value


@click.group(
    cls=LateGroup, package=__name__, name="batch-metrics", invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip
@options(
    click.option("--stats", is_flag=True, help="Runs, models, agents and savings: what is shown without options."),
    click.option(
        "--run", metavar="RUN", callback=_said, help="A run, messages job or items run: name or last four digits."
    ),
    click.option("--last", is_flag=True, help="The newest of them, task by task."),
    click.option("--by", type=click.Choice(BY), metavar="WORD", help=f"One table by {', '.join(BY[:-1])} or {BY[-1]}."),
    click.option(
        "--since", metavar="WHEN", callback=_said,
        help="From then on: 2026-11-01, 2026-11-01T09:30, yesterday, 24h, 7d.",
    ),
    click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="What belongs to this folder."),
    click.option("--all", "everything", is_flag=True, help="All rows of a table, not only twenty."),
    click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON."),
    click.option("--csv", "as_csv", is_flag=True, help="Print the table of runs, of --run or of --by as CSV."),
    click.option(
        "--watch", type=click.FloatRange(0.2, 86400), callback=_number, is_flag=False, flag_value=2.0,
        metavar="[SECONDS]", help="Show it anew every so many seconds (2) until interrupted.",
    ),
    click.option("--no-collect", is_flag=True, help="Show what is known, without looking for news first."),
)  # fmt: skip
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Show where the time, the tokens and the money of batches went, and whether batching helped.

    Runs and what models used are read from the records that batchpack and the hosts leave on this machine: first what
    is new, then all that is known. No text of a prompt or of code is kept.
    """
    if context.invoked_subcommand is None:
        from batchpack.commands.batch_metrics._showing import show

        show(context.obj, **given)
