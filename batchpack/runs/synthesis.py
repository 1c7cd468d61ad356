"""The synthesis of a run: every task and counts that add up, in a file small enough for a model to read whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from batchpack.errors import BatchpackError
from batchpack.files import write_atomic
from batchpack.plaintext import clean
from batchpack.runs import batches, journal, newest, wording
from batchpack.runs.report import status
from batchpack.runs.state import Batch, Counts, State, Task
from batchpack.runs.store import Run

MOST_TOKENS = 4000


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of each thing is told, in characters; `files` is a number of names."""

    request: int
    summary: int
    files: int
    excerpt: int


DETAILS = (
    *(Detail(2000, 200, 40, excerpt) for excerpt in (3000, 2000, 1200, 800, 500, 300, 150, 0)),
    Detail(500, 120, 8, 0),
    Detail(200, 60, 2, 0),
    Detail(80, 20, 0, 0),
)
"""From the most to the least; the first that fits is taken, and no task is ever left out."""


def write(run: Run, fence: int, *, partial: bool) -> State:
    """Write `SYNTHESIS.md`; raises BatchpackError while batches are open, unless a partial one is wanted."""
    with run.locked():
        state = run.state()
        batches.check_fence(run, state, fence)
        batch = state.next_batch()
        if batch and not partial:
            raise _too_early(run, state, batch)
        write_atomic(run.synthesis, text(run, state))
        newest.copy(run, run.synthesis)
        if batch is None and not state.synthesized:
            state = run.record(journal.event("synthesized"))
        return state


def _too_early(run: Run, state: State, batch: Batch) -> BatchpackError:
    """Say which batch is in the way."""
    act = "finish" if batch.state == "open" else "start"
    command = wording.command("batch", act, run.short, str(batch.number), *wording.fenced(state.fence))
    return BatchpackError(
        f"batch {batch.number} of run {run.short} is not finished",
        f"go on with: {command} (or write what there is so far with --partial)",
    )


def text(run: Run, state: State) -> str:
    """Return the synthesis at the most detail that stays under the cap."""
    written = ("\n".join(_lines(run, state, detail)) + "\n" for detail in DETAILS)
    last = ""
    for last in written:
        if tokens(last) <= MOST_TOKENS:
            break
    return last


def tokens(words: str) -> int:
    """Estimate tokens: four plain characters make one, and any other character is one."""
    plain = sum(character.isascii() for character in words)
    return plain // 4 + len(words) - plain


def counted(counts: Counts) -> str:
    """Say counts that add up."""
    return (
        f"{counts.tasks} task{'s' * (counts.tasks != 1)} = {counts.done} done + {counts.failed} failed + "
        f"{counts.skipped} skipped + {counts.pending} pending"
    )


def brief(state: State, room: int) -> list[str]:
    """Say in a line a task what came of it, in at most `room` bytes; nothing when that leaves too little a task."""
    for most in (200, 150, 100, 70, 50):
        told = ((f"{task.name} {status(task)}", wording.cut(outcome(task), most)) for task in state.tasks.values())
        lines = [": ".join(part for part in parts if part) for parts in told]
        if sum(len(line.encode()) + 1 for line in lines) <= room:
            return lines
    return []


def concerns(state: State) -> str:
    """Name the tasks whose agents have doubts about what they did."""
    return ", ".join(task.name for task in state.tasks.values() if status(task) == "DONE_WITH_CONCERNS")


def outcome(task: Task) -> str:
    """Say what came of a task: why it was given up, and what its agent said last."""
    said = task.result.summary if task.result else ""
    parts = [task.reason, "" if said in task.reason else said]
    return "; ".join(part for part in parts if part)


def _lines(run: Run, state: State, detail: Detail) -> Iterator[str]:
    """Say the whole run."""
    yield f"# Synthesis of run {run.id}\n"
    yield f"{counted(state.counts())}\n"
    yield "## Request\n"
    yield from _quoted(clean(run.plan.request), detail.request)
    yield from _open_ends(run, state)
    yield "\n## Tasks"
    for batch in sorted(state.batches.values(), key=lambda batch: batch.number):
        for task in state.of(batch):
            yield from _task(run, task, detail)
    yield f"\nReports lie in {run.folder / 'results'}/<task>.md, changed files below {run.facts.tree}."


def _open_ends(run: Run, state: State) -> Iterator[str]:
    """Say what is in doubt, what is not done, and how to go on."""
    undone = [task for task in state.tasks.values() if task.state != "done"]
    if concerns(state):
        yield f"\nDone with concerns: {concerns(state)}"
    if not undone:
        return
    yield "\n## Not done\n"
    yield f"{', '.join(task.name for task in undone)}. To go on: `{again(run, state)}`"


def again(run: Run, state: State) -> str:
    """Return the command that goes on with a run: with what is pending, else with what was given up."""
    given_up = not state.counts().pending and not state.acceptable()
    return wording.command("resume", run.short, *(("--retry-failed",) if given_up else ()))


def _task(run: Run, task: Task, detail: Detail) -> Iterator[str]:
    """Say one task."""
    yield f"\n### {task.name}: {status(task)}\n"
    if outcome(task):
        yield wording.cut(outcome(task), 2 * detail.summary)
    if task.result and task.result.changed and detail.files:
        yield f"\nChanged: {_some(task.result.changed, detail.files)}"
    if task.result and task.result.no_change:
        yield f"\nNothing changed: {wording.cut(task.result.no_change, detail.summary)}"
    if task.result and detail.excerpt and run.report(task.name).exists():
        report = clean(run.report(task.name).read_text(errors="replace"))
        yield f"\nReport: {run.report(task.name)}\n"
        yield from _quoted(report, detail.excerpt)


def _some(names: tuple[str, ...], most: int) -> str:
    """List names, and how many more there are."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _quoted(words: str, most: int) -> Iterator[str]:
    """Quote a text, cut at the end of a line where that loses little; quoted, its headings are not ours."""
    kept = words
    if len(words) > most:
        kept = words[:most]
        whole_lines = kept.rpartition("\n")[0]
        kept = whole_lines if len(whole_lines) > most // 2 else kept
    yield from (f"> {line}".rstrip() for line in kept.splitlines())
    if len(kept) < len(words):
        yield f"> … ({len(words) - len(kept)} more characters)"
