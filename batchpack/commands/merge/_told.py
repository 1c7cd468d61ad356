"""The merge queue in words and as facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchpack import plaintext
from batchpack.execution import takeover
from batchpack.execution.facts import BY_HOST
from batchpack.execution.store import WorkRun
from batchpack.merging.queue import Queue
from batchpack.merging.target import Target
from batchpack.merging.values import Progress, Queued


def facts(run: WorkRun, queue: Queue) -> dict[str, Any]:
    """Return what programs are told about a queue."""
    target = Target(run.facts.project, run.facts.target)
    return {
        "run": run.id,
        "branch": target.short,
        "tip": target.look().tip,
        "paused": queue.paused or None,
        "driven": run.is_driven(),
        "entries": [entry(one) for one in queue.entries()],
    }


def entry(one: Queued) -> dict[str, Any]:
    """Return what programs are told about an entry."""
    named = ("state", "commit", "merge", "reason", "files", "others", "output", "added")
    return {
        "task": one.task, "title": one.entry.title, "branch": one.entry.branch, "priority": one.entry.priority,
        **{name: getattr(one, name) for name in named},
    }  # fmt: skip


def lines(run: WorkRun, queue: Queue) -> Iterator[str]:
    """Yield what a person is told about a queue."""
    known = facts(run, queue)
    at = f"at {known['tip'][:12]}" if known["tip"] else "not made yet"
    yield f"Merge queue of run {run.short}, into {known['branch']} ({at})"
    entries = queue.entries()
    width = max((len(one.task) for one in entries), default=0)
    yield from (f"  {one.state:<8}  {one.task:<{width}}  {_more(one)}".rstrip() for one in entries)
    if not entries:
        yield "  Nothing has been queued yet."
    yield from _next(run, known, entries)


def _more(one: Queued) -> str:
    """Return what stands behind an entry: the merge, why there is none, or the title."""
    title = plaintext.line(one.entry.title, 60)
    if one.state == "merged":
        return f"{title}  {one.merge[:12] or 'it was in already'}"
    return plaintext.line(one.reason, 300) or title


def _next(run: WorkRun, known: dict[str, Any], entries: list[Queued]) -> Iterator[str]:
    """Yield what can be done."""
    states = {one.state for one in entries}
    if known["paused"]:
        yield f"Paused: {plaintext.line(known['paused'], 400)}"
        yield f"Let it go on with: batchpack merge resume {run.short}"
    elif states & {"ready", "merging"} and not known["driven"]:
        yield f"Nobody drives the run. Merge what is ready with: batchpack merge run {run.short}"
    if states & {"conflict", "culprit"} and not known["driven"]:
        yield f"Try the same work once more with: batchpack merge retry {run.short} TASK"
        by_host = run.facts.options.executor == BY_HOST
        again = "execute-batch begin" if by_host else f"resume {run.short} --retry-failed"
        yield f"Have it done anew with: batchpack {again}"
    if "merged" in states:
        yield f"Take over what is merged with: {takeover.command(run.facts.project, run.facts.target)}"


def outcome(progress: Progress) -> Iterator[str]:
    """Yield what a step has settled."""
    yield from (f"merged    {one.task}  {one.merge[:12]}".rstrip() for one in progress.merged)
    yield from (f"conflict  {one.task}  {plaintext.line(one.reason, 300)}" for one in progress.conflicts)
    yield from (f"culprit   {one.task}  {plaintext.line(one.reason, 300)}" for one in progress.culprits)
    yield from (f"          {one.output}" for one in progress.failures if one.output)
    if progress.flaky:
        yield f"The gate failed once and then passed, in the company of: {', '.join(progress.flaky)}"
    if progress.blocked:
        yield f"Not merged: {progress.blocked}"
    elif not (progress.merged or progress.failures):
        yield "Nothing was ready."
