"""`batchpack install`: skills, agents, commands and hooks into the hosts that are on this machine."""

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
    from batchpack.installer.outcomes import Installed


@click.command(short_help="Install the pack into your hosts.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="A host; may be given more than once.")
@click.option("--scope", type=click.Choice(SCOPES), help="For the user (default), or for one project.")
@click.option("--project", type=click.Path(path_type=Path), metavar="DIR", help="The project; implies --scope project.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--status-line", is_flag=True, help="Show batches in the host's status line, if you have none.")
@click.option("--no-check", is_flag=True, help="Do not ask the hosts whether they loaded it.")
def command(
    names: tuple[str, ...], scope: Scope | None, project: Path | None, *, dry_run: bool, as_json: bool, **given: bool
) -> None:
    """Install skills, agents, commands and hooks into the hosts found on this machine, or into those named.

    What is there already is left alone, and `batchpack uninstall` takes everything back.
    """
    from batchpack.content import load_pack
    from batchpack.installer import service, state, targets

    ctx = click.get_current_context()
    app: App = ctx.obj
    state.check_home()
    wanted: Scope = scope or ("project" if project else "user")
    base = _base(app, wanted, project)
    pack = load_pack(app.content_roots)
    outcomes = service.prepare(targets.chosen(app, names), pack, wanted, base, status_line=given["status_line"])
    if not dry_run:
        agreed = given["yes"] or _agree(outcomes, quiet=as_json)
        service.install(outcomes, pack, agreed=agreed)
    for outcome in outcomes:
        if not (dry_run or given["no_check"]):
            service.verify(outcome, pack)
        if not as_json:
            _report(outcome, dry_run=dry_run)
    _end(outcomes, pack.version, dry_run=dry_run, as_json=as_json)
    ctx.exit(1 if any(outcome.failed for outcome in outcomes) else 0)


def _base(app: App, scope: Scope, project: Path | None) -> Path:
    """Return the project's folder, or the home for the user's scope."""
    from batchpack import places
    from batchpack.installer.targets import project_folder

    return places.home() if scope == "user" else project_folder(app, project)


def _agree(outcomes: list[Installed], *, quiet: bool) -> bool:
    """Ask a person; without one go on only where nothing that was there before changes."""
    from batchpack.installer import service
    from batchpack.installer.report import plan_lines

    waiting = [one for one in outcomes if one.plan is not None and not one.plan.nothing_to_do]
    if not waiting:
        return False
    if is_terminal() and sys.stdin.isatty() and not quiet:
        for outcome in waiting:
            for line in plan_lines(outcome):
                say(line)
        if not confirm("Go on?"):
            say("Nothing was changed.")
            click.get_current_context().exit(1)
        _ask_for_settings(waiting)
        return True
    for outcome in waiting:
        service.spare(outcome)
        if outcome.plan is not None and outcome.plan.touches_users_files:
            outcome.error = NeedsYes(outcome)
            outcome.plan = None
    return False


def _ask_for_settings(waiting: list[Installed]) -> None:
    """Ask about each change of the user's settings that the pack can do without; a no leaves them as they are."""
    from batchpack.installer import service

    for outcome in waiting:
        changes = [change for change in outcome.plan.settings if change.is_optional] if outcome.plan else []
        for edit in (edit for change in changes for edit in change.missing):
            say(f"{edit.path}, {'.'.join(edit.keys)} = {edit.value}: {edit.reason}")
            say(f"  without it: {edit.optional}")
        if changes and not confirm("Change that too?"):
            service.spare(outcome)


class NeedsYes(BatchpackError):
    """Something of the user's would change, and there is nobody to ask."""

    def __init__(self, outcome: Installed) -> None:
        plan = outcome.plan
        paths = [change.path for change in plan.settings if change.is_change and change.touches_users] if plan else []
        through = [f"{plan.target.folder}, a link to {plan.through}"] if plan and plan.through else []
        super().__init__(
            f"this changes what you have: {', '.join(through + paths)}",
            "look at it with the same command and --dry-run, then agree with --yes",
        )


def _report(outcome: Installed, *, dry_run: bool) -> None:
    """Print what happened, or what would happen, to one host."""
    from batchpack.installer import report

    for line in report.plan_lines(outcome) if dry_run else report.install_lines(outcome):
        (warn if outcome.error else say)(line)


def _end(outcomes: list[Installed], version: str, *, dry_run: bool, as_json: bool) -> None:
    """Print all of it as facts, or what to type next."""
    from batchpack.installer import report

    if as_json:
        ok = not any(outcome.failed for outcome in outcomes)
        facts = [outcome.to_json() for outcome in outcomes]
        say_json({"version": version, "dry_run": dry_run, "ok": ok, "hosts": facts})
    elif dry_run:
        say("Nothing was changed.")
    else:
        for line in report.next_lines(outcomes):
            say(line)
