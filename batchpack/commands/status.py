"""`batchpack status`: where a run of work stands."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import click

from batchpack.app import App
from batchpack.errors import UsageError
from batchpack.output import say, say_json, watched


@click.command(short_help="Say where a run of work stands.")
@click.argument("run", default="latest")
@click.option("--line", is_flag=True, help="Print one line for a prompt or a status bar, of any newest batch.")
@click.option("--watch", is_flag=True, help="Show it anew until the run ends.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, run: str, line: bool, watch: bool, project: Path | None, as_json: bool) -> None:
    """Say where a run of work stands (by default this project's newest): its tasks, what they wait for."""
    if line:
        if watch or as_json or run != "latest":
            raise UsageError(
                "--line is of the newest batch, and one line", "leave out RUN, --watch and --json beside it"
            )
        _say_line(project)
        return
    from batchpack.execution import hosted, show, store
    from batchpack.execution.facts import BY_HOST
    from batchpack.execution.view import View, view

    found = store.find(run, app.project(project))

    def look() -> View:
        return view(found, found.state(), driven=found.is_driven(), width=found.facts.options.jobs)

    def paint() -> str:
        size = shutil.get_terminal_size()
        return show.table(look(), size.columns, size.lines)

    if watch and not as_json:
        with watched(paint):
            while found.is_driven():
                time.sleep(0.5)
    seen = look()
    if as_json:
        say_json({"driven": seen.driven, **seen.to_json()})
        return
    say(show.table(seen, columns=10_000, lines=100_000))
    if found.facts.options.executor == BY_HOST:
        say(f"Agents of a host carry it out. {hosted.going_on(found, found.state())}")
    elif not seen.driven and not seen.finished:
        say(f"Nobody drives it at present. Go on with: batchpack resume {found.short}")


def _say_line(project: Path | None) -> None:
    """Print the line of the status file; nothing where there is no batch."""
    from batchpack import status_file

    if text := status_file.line(project or Path()):
        say(text)
