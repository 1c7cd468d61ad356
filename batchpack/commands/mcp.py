"""`batchpack mcp`: the queue, the receipts and the runs as tools for hosts that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App


@click.command(short_help="Serve the queue and the receipts as MCP tools.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The project's folder.")
@click.pass_obj
def command(app: App, project: Path | None) -> None:
    """Serve tools over standard input and output, for a host to start; it ends when its input ends.

    `batchpack install` writes it into the settings of hosts. Every tool has a command that does the same.
    """
    from batchpack.mcp_server import server

    server.run(app.project(project))
