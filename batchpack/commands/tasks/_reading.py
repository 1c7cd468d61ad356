"""Where a plan is looked for when none is named, and what of it can be shown though it cannot be run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.workplan.complaints import BadPlan, Complaint
from batchpack.workplan.values import WorkPlan

USUAL = ("plan.yaml", "plan.yml", "docs/tasks", ".tmp/tasks")
"""Where a plan lies, from the project's folder on, when none is named; the first that is there."""


def plan_options(called: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument PATH and the options --source and --json."""
    called = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")(called)
    called = click.option("--source", metavar="NAME", help="The format, where it cannot be told by the look.")(called)
    return click.argument("path", required=False, type=click.Path(path_type=Path))(called)


def understand(app: App, path: Path | None, source: str | None) -> tuple[WorkPlan, tuple[Complaint, ...]]:
    """Return a plan and what must be mended in it; raises what cannot be understood at all."""
    found = path or _usual()
    try:
        return app.source(source, found).read(found), ()
    except BadPlan as error:
        if error.plan is None:
            raise
        return error.plan, error.complaints


def _usual() -> Path:
    """Return the first plan that lies where plans usually do."""
    found = next((Path(name) for name in USUAL if Path(name).exists()), None)
    if found is None:
        raise UsageError("no plan was named", f"name a plan file or a folder of tasks; looked for {', '.join(USUAL)}")
    return found
