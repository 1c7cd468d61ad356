"""What the reader sees: one line a host, then what was kept, checks, limits, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from batchpack import places
from batchpack.errors import BatchpackError
from batchpack.installer.outcomes import Installed, Uninstalled
from batchpack.installer.plan import Plan
from batchpack.installer.records import MARKS, Records
from batchpack.values import SCOPES, Check

REQUEST = "Build user authentication with React frontend, Go backend, tests, and docs"
REQUEST_NAME = "batch-run"
SHOWN = 5


def short(path: object) -> str:
    """Write a path with `~` for the home."""
    text, home = str(path), str(places.home())
    return "~" + text[len(home) :] if text == home or text.startswith(f"{home}/") else text


def short_in(text: str) -> str:
    """Write every path in a text with `~` for the home."""
    return text.replace(f"{places.home()}/", "~/").replace(f" {places.home()} ", " ~ ")


def count(number: int, thing: str) -> str:
    """Write a number of things."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def listed(paths: Sequence[str]) -> str:
    """Write a few of many names."""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def errors(error: BatchpackError) -> list[str]:
    """Write an error and what to do, below a host's line."""
    return [f"  Error: {error.message}"] + ([f"    {error.hint}"] if error.hint else [])


def plan_lines(outcome: Installed) -> list[str]:
    """Write what an install would do to a host, every file named."""
    plan = outcome.plan
    if plan is None:
        return install_lines(outcome)
    head = f"{outcome.host.NAME} ({outcome.scope} scope, {short(plan.target.folder)}):"
    if plan.nothing_to_do:
        return [f"{head} nothing to do", *_kept(outcome, plan)]
    lines = [head, *(f"  write   {file.path}" for file in plan.writes), *(f"  remove  {path}" for path in plan.removes)]
    for change in plan.settings:
        if change.is_change:
            lines.append(f"  edit    {change.path}" if change.touches_users else f"  write   {change.path}")
            lines += [f"            {'.'.join(edit.keys)}: {edit.reason}" for edit in change.edits]
    return lines + _kept(outcome, plan)


def install_lines(outcome: Installed) -> list[str]:
    """Write what became of a host."""
    if outcome.plan is None:
        note = [f"  note: {outcome.note}"] if outcome.note else []
        return [f"{outcome.host.NAME} ({outcome.scope} scope): not installed", *note] + (
            errors(outcome.error) if outcome.error else []
        )
    plan = outcome.plan
    done = "not installed" if outcome.error else _done(outcome, plan)
    lines = [f"{outcome.host.NAME} ({outcome.scope} scope, {short(plan.target.folder)}): {done}"]
    lines += errors(outcome.error) if outcome.error else []
    limits = outcome.host.CAPABILITIES.limits if outcome.applied else ()
    return lines + _kept(outcome, plan) + brief_lines(outcome.checks) + limit_lines(limits)


def _done(outcome: Installed, plan: Plan) -> str:
    """Say in a few words what was done."""
    if not outcome.applied:
        return f"nothing to do, {count(len(plan.unchanged), 'file')} up to date"
    changes = [change for change in plan.settings if change.is_change]
    parts = [
        (len(plan.writes), f"{count(len(plan.writes), 'file')} written"),
        (len(plan.unchanged), f"{len(plan.unchanged)} up to date"),
        (len(plan.removes), f"{len(plan.removes)} of an older version removed"),
        (len(changes), f"settings edited: {listed([change.path for change in changes])}"),
    ]
    return ", ".join(words for number, words in parts if number) or "done"


def _kept(outcome: Installed, plan: Plan) -> list[str]:
    """Say what was left as it is, and why."""
    sets = [
        (outcome.own_agents, "your own agents of these names are used instead of the pack's"),
        (plan.foreign, "not ours, left as they are (the host uses yours)"),
        (plan.changed, "changed by you since they were installed, left as they are"),
        (plan.present, "there already with the same content; they stay yours"),
        (plan.abandoned, "not part of the pack any more and changed by you: they are yours now"),
        ([f"{s.path}: {name}" for s in plan.settings for name in s.kept], "settings changed by you, left as they are"),
    ]
    lines = [f"  kept: {listed(list(paths))}: {why}" for paths, why in sets if paths]
    lines += [f"  not set: {name} (install again with --yes to set it)" for name in outcome.declined]
    through = [f"  note: the folder is a link that leads out of the project, to {plan.through}"] if plan.through else []
    return through + ([f"  note: {outcome.note}"] if outcome.note else []) + lines + _present_lines(plan)


def _present_lines(plan: Plan) -> list[str]:
    """Say, at the first install, how files that were there already become ours, e.g. when the receipts were lost."""
    if not plan.present or plan.receipt is not None:
        return []
    command = f"cd {shlex.quote(str(plan.target.base))} && {shlex.join(['rm', *plan.present])}"
    return [
        "    uninstall leaves them; if an install whose receipt was lost wrote them, remove them, then install again:",
        f"    {command}",
    ]


def check_lines(checks: Sequence[Check]) -> list[str]:
    """Write checks, a line each."""
    words = {True: "ok", False: "FAILED", None: "note"}
    return [f"  {words[check.ok]}: {check.name}" + (f" ({check.detail})" if check.detail else "") for check in checks]


def brief_lines(checks: Sequence[Check]) -> list[str]:
    """Write checks: the good ones together on one line, others together where the same is to be said of them."""
    good = [check.name for check in checks if check.ok]
    others = [check for check in checks if not check.ok]
    alike = dict.fromkeys((check.ok, check.detail) for check in others)
    grouped = [
        Check(listed([check.name for check in others if (check.ok, check.detail) == (ok, detail)]), ok, detail)
        for ok, detail in alike
    ]
    return [f"  ok: {listed(good)}"] * bool(good) + check_lines(grouped)


def limit_lines(limits: Sequence[str]) -> list[str]:
    """Write what a host cannot enforce."""
    return [f"  cannot enforce: {limit}" for limit in limits]


def next_lines(outcomes: Sequence[Installed]) -> list[str]:
    """Say what to type next, and how to go back."""
    lines = []
    for outcome in (one for one in outcomes if not one.failed):
        lines += _request_lines(outcome)
    return lines + _back_lines(outcomes)


def _request_lines(outcome: Installed) -> list[str]:
    """Say how a request is given to a host, or that its command of that name is the user's own."""
    host = outcome.host
    own = [path for path in outcome.plan.foreign if _is_request(path)] if outcome.plan else []
    if own:
        return [
            f"In {host.TITLE}, /batch-run is not the pack's but your own ({listed(own)})",
            f"  to see the pack's: batchpack render {host.NAME} --out DIR",
        ]
    lines = [f'Next, in {host.TITLE}: /batch-run "{REQUEST}"']
    argv = host.run_command(REQUEST)
    return lines + ([f"  or in a shell: {shlex.join(argv)}"] if argv else [])


def _is_request(path: str) -> bool:
    """Tell whether a path is the skill or the command that takes requests."""
    return REQUEST_NAME in PurePosixPath(path).with_suffix("").parts


def _back_lines(outcomes: Sequence[Installed]) -> list[str]:
    """Say how to take back what was written, and what a host did not load: one line a scope."""
    there = [one for one in outcomes if one.plan is not None and one.error is None and (one.applied or one.failed)]
    commands: dict[str, list[str]] = {}
    for one in there:
        base = shlex.join(["--project", str(one.plan.target.base)]) if one.plan and one.scope == "project" else ""
        commands.setdefault(f"--scope {one.scope} {base}".rstrip(), []).append(f"--host {one.host.NAME}")
    return [f"To take it back: batchpack uninstall {' '.join(names)} {scope}" for scope, names in commands.items()]


def uninstall_lines(outcome: Uninstalled, *, planned: bool = False) -> list[str]:
    """Write what became, or would become, of a receipt."""
    plan = outcome.plan
    name = short_in(outcome.name)
    if plan is None:
        return [f"{name}: not uninstalled"] + (errors(outcome.error) if outcome.error else [])
    verb = "would remove" if planned else "removed" if outcome.applied else "not uninstalled:"
    lines = [f"{name}: {verb} {count(len(plan.removes), 'file')}"]
    for one in plan.settings:
        lines.append(f"  {_settings_word(one.data is None, surgical=one.surgical)}: {one.path}")
        lines += [f"    kept: {name} (changed by you)" for name in one.kept]
    if plan.changed:
        lines.append(f"  kept: {listed(plan.changed)} (changed by you; remove them by hand if you do not want them)")
    for error in (*plan.errors, *([outcome.error] if outcome.error else [])):
        lines += errors(error)
    return lines


def scope_lines(outcomes: Sequence[Uninstalled]) -> list[str]:
    """Say it when an uninstall concerns both scopes, and how to have only one."""
    bases = {one.plan.receipt.scope: one.plan.receipt.base for one in outcomes if one.plan is not None}
    if len(bases) < len(SCOPES):
        return []
    user, project = short(bases["user"]), short(bases["project"])
    return [
        f"This is about both scopes: what is installed for you ({user}) and for the project ({project}).",
        "  only one of them: --scope project, or --scope user",
    ]


def record_lines(found: Iterable[Records]) -> list[str]:
    """Say what records of runs stay, and how to remove them."""
    return [f"kept: {_record_word(one)} {short(one.path)}; remove {_them(one)} with: {one.remove}" for one in found]


def _record_word(one: Records) -> str:
    """Say what records these are."""
    if one.runs is None:
        return f"{one.what},"
    return f"the {'record' if one.runs == 1 else 'records'} of {count(one.runs, 'run')} in"


def _them(one: Records) -> str:
    """Say it or them."""
    return "them" if one.what == MARKS or one.runs not in {None, 1} else "it"


def _settings_word(removed: bool, *, surgical: bool) -> str:
    """Say what happens to a settings file."""
    if removed:
        return "settings file of ours removed"
    return "our values taken out, the rest kept as you changed it" if surgical else "settings as before"
