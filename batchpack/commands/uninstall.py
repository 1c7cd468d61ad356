"""`batchpack uninstall`: everything that receipts name is taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchpack.app import App
from batchpack.errors import BatchpackError
from batchpack.output import confirm, is_terminal, say, say_json, warn
from batchpack.values import SCOPES, Scope

if TYPE_CHECKING:
    from batchpack.installer.outcomes import Uninstalled
    from batchpack.installer.records import Records


@click.command(short_help="Take back what install did.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="A host; may be given more than once.")
@click.option("--scope", type=click.Choice(SCOPES), help="Only that scope; without it both.")
@click.option("--project", type=click.Path(path_type=Path), metavar="DIR", help="The project; default: here.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    names: tuple[str, ...], scope: Scope | None, project: Path | None, dry_run: bool,
    as_json: bool, yes: bool,
) -> None:  # fmt: skip
    """Take back what was installed for you and for this project; files that you changed since are kept and told."""
    from batchpack.installer import service, state
    from batchpack.installer.targets import project_folder

    ctx = click.get_current_context()
    app: App = ctx.obj
    state.check_home()
    base = app.project(project)
    hosts = [name.replace("-", "_") for name in names]
    found, broken = service.installed(hosts, scope, base)
    if project and not any(receipt.base == base for receipt in found):
        project_folder(app, project)
    for name in hosts:
        if name not in {receipt.host for receipt in found}:
            app.host(name)
    outcomes = service.plan_undo(found, app.registry.hosts)
    if not as_json:
        _say_scopes(outcomes)
    if not dry_run:
        if outcomes and not yes and not as_json:
            _ask(outcomes)
        service.uninstall(outcomes, app.registry.hosts)
    records = _records(app, outcomes, base)
    _report(outcomes, broken, records, dry_run=dry_run, as_json=as_json)
    ctx.exit(1 if broken or any(outcome.failed for outcome in outcomes) else 0)


def _say_scopes(outcomes: list[Uninstalled]) -> None:
    """Say before anything goes that it concerns both scopes."""
    from batchpack.installer.report import scope_lines

    for line in scope_lines(outcomes):
        say(line)


def _records(app: App, outcomes: list[Uninstalled], base: Path) -> list[Records]:
    """Find the records of runs that stay behind what was taken back."""
    from batchpack.installer import records

    taken = [outcome.plan.receipt.host for outcome in outcomes if outcome.plan is not None]
    hosts = app.registry.hosts
    return records.kept(base, [hosts[name] for name in taken if name in hosts]) if taken else []


def _ask(outcomes: list[Uninstalled]) -> None:
    """Ask a person; without a terminal there is nobody to ask, and taking back is what was asked for."""
    from batchpack.installer.report import uninstall_lines

    if not (is_terminal() and sys.stdin.isatty()):
        return
    for outcome in outcomes:
        for line in uninstall_lines(outcome, planned=True):
            say(line)
    if not confirm("Go on?"):
        say("Nothing was changed.")
        click.get_current_context().exit(1)


def _report(
    outcomes: list[Uninstalled], broken: list[BatchpackError], records: list[Records], *, dry_run: bool, as_json: bool
) -> None:
    """Print what happened, or what would happen."""
    from batchpack.installer import report

    if as_json:
        ok = not broken and not any(outcome.failed for outcome in outcomes)
        facts = [outcome.to_json() for outcome in outcomes]
        said = {"receipts": facts, "broken": [error.message for error in broken]}
        say_json({"dry_run": dry_run, "ok": ok, **said, "kept": [one.to_json() for one in records]})
        return
    for outcome in outcomes:
        for line in report.uninstall_lines(outcome, planned=dry_run):
            (warn if outcome.failed else say)(line)
    for line in report.record_lines(records):
        say(line)
    for error in broken:
        warn(f"Error: {error.message}\n  {error.hint}")
    if dry_run:
        say("Nothing was changed.")
    elif not outcomes and not broken:
        say("Nothing is installed here. `batchpack hosts` shows what is installed where.")
