"""`batch-metrics`: the very script that hosts carry in hooks/, loaded by path, so that there is one truth."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import click

from batchpack import places

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
        code: int | str | None = _script().main(list(words))
    except SystemExit as end:
        code = end.code
    context.exit(code if isinstance(code, int) else 0)
