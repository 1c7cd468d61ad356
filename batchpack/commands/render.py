"""`batchpack render`: the files of a host, written into a folder for a look."""

from __future__ import annotations

from pathlib import Path

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.values import SCOPES, Scope


@click.command(short_help="Write a host's files into a folder, for a look.")
@click.argument("name", metavar="HOST")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where to write them.")
@click.option("--scope", type=click.Choice(SCOPES), default=None, help="Default: project, where the host has it.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs.")
@click.pass_obj
def command(app: App, name: str, out: Path, scope: Scope | None, as_json: bool) -> None:
    """Write what HOST would get into a folder that stands for the home or the project; nothing is installed."""
    from batchpack.content import load_pack
    from batchpack.installer import rendered, targets

    host = app.host(name.replace("-", "_"))
    chosen: Scope = scope or ("project" if host.PLACES.project else "user")
    target = targets.target_for(host, chosen, out.absolute(), targets.PROGRAM)
    paths = rendered.write_tree(host, load_pack(app.content_roots), target)
    if as_json:
        say_json({"host": host.NAME, "scope": chosen, "out": str(out), "files": paths})
        return
    for path in paths:
        say(str(out / path))
    say(f"{len(paths)} files of {host.TITLE} ({chosen} scope); nothing was installed.")
