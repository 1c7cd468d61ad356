"""`batch-metrics`: the script that hosts carry in hooks/, loaded by path, and beside it the runs of `batchpack run`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from batchpack import places
from batchpack.app import App
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.metrics.values import Record

SCRIPT = "batch-metrics.py"


def _script() -> ModuleType:
    """Load the script from the pack."""
    path = places.pack_root() / "hooks" / SCRIPT
    spec = importlib.util.spec_from_file_location("batchpack_batch_metrics", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, words: tuple[str, ...]) -> None:
    """Show runs, batches, agents, their times and how they ended, as far as they were measured."""
    try:
        code: int | str | None = _show(_script(), list(words), context.obj)
    except SystemExit as end:
        code = end.code
    context.exit(code if isinstance(code, int) else 0)


def _show(script: Any, words: list[str], app: App) -> int:
    """Show the figures of both kinds of runs: those of hosts in the script's words, beside them those of plans."""
    from batchpack.metrics import reading, stats

    asked = script.arguments(words)
    project = Path(asked.project).resolve() if asked.project else None
    records, broken = reading.all_work(project, reading.programs(app.registry.executors))
    if asked.run is not None:
        records = [record for record in records if record.run == asked.run]
    if not asked.json and not records and (not broken or asked.run is not None):
        return int(script.main(words))
    if asked.json:
        return _say_json(script, asked, records, broken)
    if asked.run is not None:
        say("\n".join(stats.table([stats.TASK_HEADS, *map(stats.task_cells, records[0].tasks)])))
        return 0
    runs, left = script.collect(asked.project)
    left |= {"work_runs": 0, "broken_runs": left["broken_runs"] + broken}
    shown = None if asked.all else script.SHOWN
    if runs or any(left.values()):
        say(script.show(runs, left, shown or len(runs)) + "\n")
    say("\n".join(stats.lines(records, shown)))
    return 0


def _say_json(script: Any, asked: Any, records: list[Record], broken: int) -> int:
    """Print the script's JSON with the runs of plans beside; an unknown run is the script's to refuse."""
    from batchpack.metrics import stats

    runs, left = script.collect(asked.project)
    left |= {"work_runs": 0, "broken_runs": left["broken_runs"] + broken}
    if asked.run is not None:
        runs = [run for run in runs if run["run"] == asked.run]
        if not runs and not records:
            return int(script.main(["--run", asked.run]))
    work = {"work_runs": [stats.detail(record) for record in records], "work_totals": stats.totals(records)}
    say_json({"runs": runs, "totals": script.totals(runs), "left_out": left, **work})
    return 0
