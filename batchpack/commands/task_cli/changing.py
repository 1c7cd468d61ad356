"""The commands of `task-cli` that change something: complete, start, block, unblock, init, add, archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from batchpack.commands.task_cli.shared import WORDS, Call, joined, shared
from batchpack.errors import BrokenFile
from batchpack.output import warn
from batchpack.tasks import changes, facts, store, texts
from batchpack.tasks.values import Feature, Subtask, one_line

_feature = click.argument("feature")
_seq = click.argument("seq")
_force = click.option("--force", is_flag=True, help="Do it against the rules that would refuse it.")
_words = click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="TEXT...")


def _answer(call: Call, lines: Iterable[str], feature: Feature, subtask: Subtask) -> int:
    """Say a change that was made; other files that are broken are told, but did not stop it."""
    call.answer(lines, lambda: {"task": facts.subtask_facts(feature, subtask), **_counts(feature)}, ())
    _mention(feature.problems)
    return 0


def _counts(feature: Feature) -> dict[str, int]:
    """Say the counts of a feature."""
    return {"completed": feature.count("completed"), "total": feature.present}


def _mention(problems: Sequence[BrokenFile]) -> None:
    """Warn of broken files that the change had nothing to do with."""
    for problem in problems:
        warn(f"Warning: {one_line(problem.message)}")


@click.command(context_settings=WORDS)
@_feature
@_seq
@_words
@_force
@shared
def complete(call: Call, feature: str, seq: str, words: tuple[str, ...], force: bool) -> int:
    """Mark a subtask as completed, with a summary of 1 to 200 characters."""
    decide = changes.completing(joined(words, 'complete <feature> <seq> "summary"'), force=force)
    found, subtask = store.change(call.root, feature, seq, decide)
    return _answer(call, texts.completed_lines(found, subtask), found, subtask)


@click.command()
@_feature
@_seq
@click.option("--agent", metavar="ID", help="Who works on it.")
@_force
@shared
def start(call: Call, feature: str, seq: str, agent: str | None, force: bool) -> int:
    """Mark a subtask as in progress; of two that start it, one wins."""
    found, subtask = store.change(call.root, feature, seq, changes.starting(agent, force=force))
    return _answer(call, ("", f"~ Started {found.name}/{subtask.seq}", f"  {subtask.title}"), found, subtask)


@click.command(context_settings=WORDS)
@_feature
@_seq
@_words
@shared
def block(call: Call, feature: str, seq: str, words: tuple[str, ...]) -> int:
    """Mark a subtask as blocked, with the reason."""
    decide = changes.blocking(joined(words, 'block <feature> <seq> "why"'))
    found, subtask = store.change(call.root, feature, seq, decide)
    reason = subtask.text("blocked_reason")
    return _answer(call, ("", f"✗ Blocked {found.name}/{subtask.seq}", f"  Reason: {reason}"), found, subtask)


@click.command()
@_feature
@_seq
@shared
def unblock(call: Call, feature: str, seq: str) -> int:
    """Make a blocked subtask pending again."""
    found, subtask = store.change(call.root, feature, seq, changes.unblocking())
    return _answer(call, ("", f"○ Unblocked {found.name}/{subtask.seq}", f"  {subtask.title}"), found, subtask)


_context = click.option("--context-file", "context_files", multiple=True, metavar="PATH", help="To read first.")
_reference = click.option("--reference-file", "reference_files", multiple=True, metavar="PATH", help="To look at.")


@click.command()
@_feature
@click.option("--name", required=True, help="The feature's name for people.")
@click.option("--objective", default="", help="What it is for, in a sentence.")
@_context
@_reference
@click.option("--exit-criterion", "exit_criteria", multiple=True, metavar="TEXT", help="When it is done.")
@shared
def init(call: Call, feature: str, **fields: Any) -> int:
    """Make a feature; options that name a file or criterion may be repeated."""
    from batchpack.tasks import creating

    path = creating.init(call.root, feature, creating.NewFeature(**fields))
    lines = ("", f"✓ Made feature {feature}", f"  Add subtasks with: task-cli add {feature} <title>")
    return call.answer(lines, lambda: {"feature": feature, "file": str(path)}, ())


@click.command(short_help="Add a subtask with the next sequence.")
@_feature
@click.argument("title", nargs=-1, required=True, metavar="TITLE...")
@click.option("--depends-on", multiple=True, metavar="SEQ,...", help="What must be completed before.")
@click.option("--parallel", is_flag=True, help="It may run beside others.")
@click.option("--deliverable", "deliverables", multiple=True, metavar="PATH", help="A file that it writes.")
@click.option("--criterion", "acceptance_criteria", multiple=True, metavar="TEXT", help="When it is done.")
@_context
@_reference
@click.option("--agent", "suggested_agent", metavar="NAME", help="Who should do it.")
@shared
def add(call: Call, feature: str, title: tuple[str, ...], depends_on: tuple[str, ...], **fields: Any) -> int:
    """Add a subtask with the next sequence; options with PATH, TEXT or SEQ may be repeated."""
    from batchpack.tasks import creating

    needs = [seq.strip() for group in depends_on for seq in group.split(",") if seq.strip()]
    new = creating.NewSubtask(title=" ".join(title), depends_on=needs, **fields)
    found, seq = creating.add(call.root, feature, new)
    subtask = found.find(seq)
    return _answer(call, ("", f"✓ Added {feature}/{seq} - {subtask.title}"), found, subtask)


@click.command()
@_feature
@_force
@shared
def archive(call: Call, feature: str, force: bool) -> int:
    """Move a completed feature to the archive."""
    target = store.archive(call.root, feature, force=force)
    place = target.relative_to(call.project) if target.is_relative_to(call.project) else target
    lines = ("", f"✓ Archived {feature}", f"  It lies in {place}")
    return call.answer(lines, lambda: {"feature": feature, "folder": str(target)}, ())


COMMANDS = (complete, start, block, unblock, init, add, archive)
