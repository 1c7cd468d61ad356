"""`batchpack tasks check`: all that must be mended in a plan, and what is worth a second look."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.commands.tasks import _reading
from batchpack.output import say, say_json
from batchpack.workplan import remarks


@click.command(short_help="Say all that must be mended in a plan.")
@_reading.plan_options
@click.pass_obj
def command(app: App, path: Path | None, source: str | None, as_json: bool) -> int:
    """Say all that must be mended in a plan, and what is worth a second look; exit code 1 if it cannot be run."""
    plan, complaints = _reading.understand(app, path, source)
    notes = remarks.of(plan)
    if as_json:
        faults = [{"where": one.where, "text": one.text} for one in complaints]
        say_json({"plan": plan.name, "ok": not complaints, "complaints": faults, "remarks": notes})
        return 1 if complaints else 0
    for complaint in complaints:
        say(f"✗ {complaint}")
    for note in notes:
        say(f"⚠ {note}")
    if complaints:
        say(f"\n{_count(len(complaints))} must be mended before the plan can be run.")
    else:
        say(f"✓ {plan.name}: {remarks.counted(plan)}; it can be run.")
    return 1 if complaints else 0


def _count(number: int) -> str:
    """Return a number of things."""
    return "One thing" if number == 1 else f"{number} things"
