"""`batchpack report`: what a run came to, as one page to look at."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.files import inside
from batchpack.output import say, say_json, show_page, warn


@click.command(short_help="Write what a run came to as one HTML page.")
@click.argument("run", default="latest")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else into its folder.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the page's path and the figures as JSON.")
@click.pass_obj
def command(app: App, run: str, show: bool, out: Path | None, project: Path | None, as_json: bool) -> None:
    """Write the timeline, critical path, tokens, cost and failures of a run (by default the newest) as one page."""
    from batchpack.metrics import diffs, gathering, page, reading, stats

    found = reading.find(run, app.project(project), reading.programs(app.registry.executors))
    record, itself = gathering.used(app, found)
    path = (out or inside(record.folder, "report.html")).absolute()  # agents could have put a link there
    page.write(diffs.kept(record), path, itself)
    if as_json:
        say_json({"report": str(path), **stats.row(record)})
    else:
        say(f"Written: {path}")
    if show and not show_page(path.as_uri()):
        warn("No browser could be started here; open that file in one yourself.")
