"""`batchpack hosts`: which hosts are on this machine, and where the pack is installed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batchpack.app import App
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.installer.finding import Found


@click.command(short_help="Show the hosts on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs.")
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Show each known host: found or not, version, where the pack is installed, and what the host cannot do."""
    from batchpack.installer import finding, state

    state.check_home()
    found = finding.look_around(app.registry.hosts, app.project())
    if as_json:
        say_json({"hosts": [one.to_json() for one in found]})
        return
    for one in found:
        for line in _lines(one):
            say(line)


def _lines(found: Found) -> list[str]:
    """Write one host."""
    from batchpack.installer.report import short

    host, seen = found.host, found.detection
    if seen is None:
        scopes = f"; installed: {', '.join(found.installed)}" if found.installed else ""
        return [f"{host.NAME:<12} not found (looked for its program on PATH and for ~/{host.PLACES.user}){scopes}"]
    version = found.version or ("version unknown" if seen.program else "no program")
    where = short(seen.program) if seen.program else seen.evidence
    installed = f"installed: {', '.join(found.installed)}" if found.installed else "not installed"
    limits = [f"{'':<13}cannot enforce: {limit}" for limit in host.CAPABILITIES.limits]
    return [f"{host.NAME:<12} {version}, {where}; {installed}", *limits]
