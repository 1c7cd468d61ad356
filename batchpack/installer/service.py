"""Hosts taken through an install or uninstall, one after the other; what goes wrong in one leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from batchpack import places
from batchpack.content import Pack
from batchpack.errors import BatchpackError
from batchpack.files import Changed
from batchpack.host import STATUS_LINE, Host
from batchpack.installer import receipts, state, targets
from batchpack.installer.apply import apply
from batchpack.installer.outcomes import Installed, Uninstalled
from batchpack.installer.plan import Plan, Wanted, plan_install
from batchpack.installer.receipts import Receipt
from batchpack.installer.undo import plan_uninstall, undo
from batchpack.values import Check, Scope


def prepare(
    hosts: Iterable[Host], pack: Pack, scope: Scope, base: Path, *, status_line: bool = False
) -> list[Installed]:
    """Plan every host for a scope; `base` is the project's folder. A host without that scope goes to the user's.

    `status_line` asks for one in the hosts that have such a thing, where the user has none.
    """
    return [_prepare(host, pack, scope, base, status_line=status_line) for host in hosts]


def _prepare(host: Host, pack: Pack, scope: Scope, base: Path, *, status_line: bool) -> Installed:
    """Plan one host."""
    outcome = Installed(host, scope)
    if scope == "project" and host.PLACES.project is None:
        outcome.scope = "user"
        outcome.note = f"{host.TITLE} has no project scope: it is installed for the user, in ~/{host.PLACES.user}"
    try:
        outcome.wanted = _wanted(outcome, pack, base, status_line=status_line)
        outcome.plan = _plan(outcome.wanted)
    except BatchpackError as error:
        outcome.error = error
    return outcome


def _wanted(outcome: Installed, pack: Pack, base: Path, *, status_line: bool) -> Wanted:
    """Render a host, once: what it wants does not depend on what its files hold now."""
    where = places.home() if outcome.scope == "user" else base
    host = outcome.host
    program = targets.program_for(outcome.scope)
    target = targets.target_for(host, outcome.scope, where, program, status_line=status_line)
    files, edits = targets.render_host(host, pack, target), host.settings_edits(pack, target)
    outcome.own_agents = targets.left_to_users(host, pack, files)
    if status_line and not any(edit.reason == STATUS_LINE for edit in edits):
        left = "you have a status line of your own, which was left as it is: see docs/status-line.md"
        outcome.note = left if host.CAPABILITIES.status_line else f"{host.TITLE} shows no status line of scripts"
    return Wanted(target, files, edits)


def _plan(wanted: Wanted) -> Plan:
    """Compare what a host wants with what is there."""
    target = wanted.target
    return plan_install(target, wanted.files, wanted.edits, receipts.read(target.host, target.scope, target.base))


def spare(outcome: Installed) -> None:
    """Leave the user's settings files as they are where the pack can do without its values, and say what is missing."""
    if outcome.wanted is None or outcome.plan is None:
        return
    spared = [change for change in outcome.plan.settings if change.is_optional]
    if spared:
        left, dropped = {change.path for change in spared}, [edit for change in spared for edit in change.missing]
        edits = [edit for edit in outcome.wanted.edits if edit.path not in left]
        outcome.wanted = replace(outcome.wanted, edits=edits)
        outcome.plan = _plan(outcome.wanted)
        outcome.declined = tuple(f"{'.'.join(edit.keys)} in {edit.path}: {edit.optional}" for edit in dropped)


def install(outcomes: Sequence[Installed], pack: Pack, *, agreed: bool) -> None:
    """Carry the plans out under the lock, each worked out again there; `agreed` allows changes to users' files."""
    waiting = [one for one in outcomes if one.plan is not None and not one.plan.nothing_to_do]
    if not waiting:
        return
    with state.exclusive():
        for outcome in waiting:
            try:
                _install(outcome, pack.version, agreed=agreed)
            except BatchpackError as error:
                outcome.error = error


def _install(outcome: Installed, version: str, *, agreed: bool) -> None:
    """Plan a host again and carry it out."""
    if outcome.wanted is None:
        return
    plan = _plan(outcome.wanted)
    if plan.touches_users_files and not agreed:
        raise Changed(plan.target.folder)
    if plan.nothing_to_do:  # another install was faster
        outcome.plan = plan
    else:
        apply(plan, version)
        outcome.plan, outcome.applied = plan, True


def verify(outcome: Installed, pack: Pack) -> None:
    """Ask a host that has something installed whether it loaded."""
    if outcome.plan is not None and outcome.error is None:
        target = outcome.plan.target
        outcome.checks = checks_of(outcome.host, pack, target.scope, target.base)


def checks_of(host: Host, pack: Pack, scope: Scope, base: Path) -> tuple[Check, ...]:
    """Return what the real host says about an install; one that cannot be asked is told, not raised."""
    target = targets.target_for(host, scope, base, targets.program_for(scope))
    try:
        return tuple(host.verify(target, targets.names_of(host, pack, target)))
    except BatchpackError as error:
        return (Check(f"{host.TITLE} was asked", None, f"{error.message}; {error.hint}".rstrip("; ")),)


def installed(hosts: Sequence[str], scope: Scope | None, project: Path) -> tuple[list[Receipt], list[BatchpackError]]:
    """Return this user's receipts for the home and a project, newest first, and the broken ones; no host means all."""
    found, broken = receipts.read_all()
    bases = {"user": places.home(), "project": project}
    chosen = [
        one for one in found
        if (not hosts or one.host in hosts) and scope in {None, one.scope} and one.base == bases[one.scope]
    ]  # fmt: skip
    return sorted(chosen, key=lambda one: -one.written_ns()), list(broken)


def plan_undo(found: Iterable[Receipt], hosts: Mapping[str, Host]) -> list[Uninstalled]:
    """Plan the undoing of receipts."""
    return [_plan_undo(receipt, hosts) for receipt in found]


def _plan_undo(receipt: Receipt, hosts: Mapping[str, Host]) -> Uninstalled:
    """Plan the undoing of one receipt."""
    outcome = Uninstalled(f"{receipt.host} ({receipt.scope} scope, {receipt.base / receipt.folder})")
    host = hosts.get(receipt.host)
    try:
        outcome.plan = plan_uninstall(receipt, host.PLACES if host else None)
    except BatchpackError as error:
        outcome.error = error
    return outcome


def uninstall(outcomes: Sequence[Uninstalled], hosts: Mapping[str, Host]) -> None:
    """Undo receipts under the lock, each looked at again there."""
    if not outcomes:
        state.tidy()
        return
    with state.exclusive():
        for outcome in outcomes:
            try:
                _undo(outcome, hosts)
            except BatchpackError as error:
                outcome.error = error


def _undo(outcome: Uninstalled, hosts: Mapping[str, Host]) -> None:
    """Look at one receipt again and undo it."""
    if outcome.plan is None:
        return
    known = outcome.plan.receipt
    fresh = receipts.read(known.host, known.scope, known.base)
    if fresh is not None:
        again = _plan_undo(fresh, hosts)
        outcome.plan, outcome.error = again.plan, again.error
        if again.plan is None:
            return
        undo(again.plan)
    outcome.applied = True
