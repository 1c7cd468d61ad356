"""`batchpack dashboard`: the runs as they go on, in the browser."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import click

from batchpack.app import App
from batchpack.output import say, say_json_line, show_page, warn


@click.command(short_help="Show runs in the browser as they go on.")
@click.argument("run", required=False)
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; else a free one.")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@click.option("--all", "everywhere", is_flag=True, help="The runs of all projects.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
@click.pass_obj
def command(
    app: App, run: str | None, port: int | None, show: bool, everywhere: bool, project: Path | None, as_json: bool
) -> None:
    """Serve this project's runs as pages that follow them, on this machine alone, until Ctrl-C.

    With RUN the address leads to that run. Nothing can be changed there; who has the address can read.
    """
    from batchpack.dashboard import server
    from batchpack.dashboard.news import News
    from batchpack.dashboard.runs import Runs
    from batchpack.metrics import gathering, reading
    from batchpack.runs import store

    folder = app.project(project)
    asked = store.find(run, folder).folder if run else None
    runs = Runs(None if everywhere else folder, reading.programs(app.registry.executors), asked)
    place = server.take(port or 0)
    serving = server.Server(place, runs, News(lambda: gathering.collect(app)))
    address = place.address + (f"runs/{asked.name}/" if asked else "")
    if as_json:
        say_json_line({"address": address, "port": place.port})
    else:
        say(f"Dashboard: {address}\nWho has this address can read your runs. End it with Ctrl-C.")
    if show:
        Thread(target=_show, args=[address], daemon=True).start()  # some browsers end only when they are closed
    serving.run()


def _show(address: str) -> None:
    """Show an address in the browser."""
    if not show_page(address):
        warn("No browser could be started here; open that address in one yourself.")
