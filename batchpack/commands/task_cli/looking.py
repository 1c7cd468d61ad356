"""The commands of `task-cli` that only look: status, next, parallel, deps, blocked, validate, context, watch."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from batchpack.commands.task_cli.shared import Call, shared, tell
from batchpack.errors import BatchpackError
from batchpack.output import say, say_json, say_json_line
from batchpack.tasks import facts, texts
from batchpack.tasks.loading import feature_names
from batchpack.tasks.values import Feature, Subtask

_feature = click.argument("feature", required=False)
_named = click.argument("feature")


@click.command()
@_feature
@shared
def status(call: Call, feature: str | None) -> int:
    """Show how far all features are, or one with its subtasks."""
    features, problems = call.features(feature)
    lines = [line for each in features for line in texts.status(each, listed=feature is not None)]
    if not features:
        lines = ["No active features found."]
    listed = feature is not None
    return call.answer(
        lines, lambda: {"features": [facts.feature_facts(each, listed=listed) for each in features]}, problems
    )


def _facts(features: list[Feature], pick: Callable[[Feature], list[Subtask]]) -> dict[str, Any]:
    """Say picked subtasks of features as facts."""
    tasks: list[dict[str, Any]] = []
    for feature in features:
        completed = feature.completed
        tasks.extend(facts.subtask_facts(feature, subtask, completed) for subtask in pick(feature))
    return {"tasks": tasks}


@click.command("next")
@_feature
@shared
def next_(call: Call, feature: str | None) -> int:
    """Show the subtasks that may start now."""
    features, problems = call.features(feature)
    return call.answer(texts.next_tasks(features), lambda: _facts(features, texts.ready), problems)


@click.command()
@_feature
@shared
def parallel(call: Call, feature: str | None) -> int:
    """Show the subtasks marked parallel that may start now."""
    features, problems = call.features(feature)
    return call.answer(
        texts.parallel_tasks(features), lambda: _facts(features, lambda f: texts.ready(f, parallel=True)), problems
    )


@click.command()
@_feature
@shared
def blocked(call: Call, feature: str | None) -> int:
    """Show the subtasks that cannot go on, and why."""
    features, problems = call.features(feature)
    return call.answer(
        texts.blocked_tasks(features), lambda: _facts(features, lambda f: [s for s, _ in texts.waiting(f)]), problems
    )


@click.command()
@_named
@click.argument("seq")
@shared
def deps(call: Call, feature: str, seq: str) -> int:
    """Show what a subtask depends on, as a tree."""
    found, problems = call.feature(feature)
    subtask = found.find(seq)
    return call.answer(
        texts.dependency_tree(found, subtask), lambda: {"task": facts.subtask_facts(found, subtask)}, problems
    )


@click.command()
@_feature
@click.option("--strict", is_flag=True, help="Want all fields, and take warnings for errors.")
@shared
def validate(call: Call, feature: str | None, strict: bool) -> int:
    """Check the files and dependencies of all features, or of one."""
    from batchpack.tasks import validate as checks

    names, problems = ((feature,), ()) if feature is not None else feature_names(call.root)
    found = {name: checks.validate(call.root, name, strict=strict) for name in names}
    marks = {True: "✗ ERROR", False: "⚠ WARNING"}
    groups = (
        (f"[{name}]", [f"{marks[each.error]}: {each.text}" for each in all_of] or ["✓ All checks passed"])
        for name, all_of in found.items()
    )
    said = {
        name: {
            kind: [f.text for f in all_of if f.error is error]
            for kind, error in (("errors", True), ("warnings", False))
        }
        for name, all_of in found.items()
    }
    code = call.answer(texts.listing("Validation Results", groups), lambda: {"features": said}, problems)
    return 1 if any(each.error for all_of in found.values() for each in all_of) else code


@click.command()
@_named
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Show so many files at most.")
@shared
def context(call: Call, feature: str, limit: int) -> int:
    """Show the files that a feature's agents should read, with sizes."""
    from batchpack.tasks import context as files

    found, problems = call.feature(feature)
    entries = files.entries(found, call.project)
    return call.answer(
        files.lines(found, entries, limit),
        lambda: {
            "files": [{name: getattr(each, name) for name in each.__slots__} for each in entries[:limit]],
            "left_off": max(0, len(entries) - limit),
        },
        problems,
    )


@click.command()
@_named
@click.option(
    "--interval", type=click.FloatRange(min=0.05), default=1.0, show_default=True, help="Look every S seconds."
)
@click.option("--timeout", type=click.FloatRange(min=0), help="Give up after S seconds.")
@shared
def watch(call: Call, feature: str, interval: float, timeout: float | None) -> int:
    """Print each change until no subtask is open; exit 1 if some are blocked."""
    end = None if timeout is None else time.monotonic() + timeout
    seen: dict[str, str] = {}
    while True:
        found, problems = call.feature(feature)
        seen = _tell_changes(call, found, seen)
        if found.count("pending") + found.count("in_progress") == 0:
            tell(problems)
            return int(found.count("completed") < found.present)
        if end is not None and time.monotonic() >= end:
            raise BatchpackError(
                f"{feature} has open subtasks after {timeout:g} s", "watch on, or see: task-cli status"
            )
        time.sleep(interval)


def _tell_changes(call: Call, feature: Feature, seen: dict[str, str]) -> dict[str, str]:
    """Print the subtasks whose status is not the one seen before; returns those seen now."""
    for subtask in feature.subtasks:
        if seen.get(subtask.file) != subtask.status:
            if call.as_json:
                say_json_line({"task": facts.subtask_facts(feature, subtask)})
            else:
                say(f"{time.strftime('%H:%M:%S')} {texts.item(subtask)}")
    return {subtask.file: subtask.status for subtask in feature.subtasks}


@click.command("help")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_context
def help_(ctx: click.Context, as_json: bool) -> None:
    """Show this page."""
    group = ctx.parent or ctx
    if not as_json:
        say(group.get_help())
    elif isinstance(group.command, click.Group):
        commands = {name: group.command.get_command(group, name) for name in group.command.list_commands(group)}
        say_json({"commands": {name: each.get_short_help_str(100) for name, each in commands.items() if each}})


COMMANDS = (status, next_, parallel, deps, blocked, validate, context, watch, help_)
