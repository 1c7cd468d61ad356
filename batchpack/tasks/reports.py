"""The words on batches: the check, the plan, and the report of a finished batch in the form that orchestrators read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.tasks.evidence import Evidence, evidence
from batchpack.tasks.graph import critical_path
from batchpack.tasks.safety import BatchCheck, next_batch
from batchpack.tasks.schedule import Split
from batchpack.tasks.texts import ICONS, percent
from batchpack.tasks.values import Feature, Subtask, one_line

USUAL_AGENT = "CoderAgent"
"""Who does a subtask that suggests nobody."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who gets which subtask: the agent's name, and the file's path as an agent in the present folder can open it."""

    seq: str
    agent: str
    file: str


def delegations(feature: Feature, seqs: Sequence[str]) -> list[Delegation]:
    """Say who gets which subtask: the agent that it suggests, else the usual one."""
    return [_delegation(feature, feature.find(seq)) for seq in seqs]


def _delegation(feature: Feature, subtask: Subtask) -> Delegation:
    """Say who gets a subtask."""
    path, here = feature.folder / subtask.file, Path.cwd()
    near = path.relative_to(here) if path.is_relative_to(here) else path
    return Delegation(subtask.seq, subtask.text("suggested_agent").strip() or USUAL_AGENT, str(near))


def check_lines(check: BatchCheck, delegated: Sequence[Delegation]) -> Iterator[str]:
    """Say whether a batch is safe, and who gets what; or each rule that it breaks, and a split that breaks none."""
    yield from ("", f"=== Batch Check: {check.feature} ({', '.join(check.seqs)}) ===", "")
    if not check.violations:
        yield f"  ✓ Safe to run in parallel: {', '.join(check.seqs)}"
    for violation in check.violations:
        yield f"  ✗ {' and '.join(violation.tasks)}: {violation.text}"
    yield from (f"  ⚠ {note}" for note in check.notes)
    if check.violations:
        yield ""
        yield f"  Suggested split ({_quality(check.split)}):"
        yield from (f"    Batch {number}: {', '.join(batch)}" for number, batch in enumerate(check.split.batches, 1))
        if check.split.unplaced:
            yield f"    Cannot be placed, they wait for each other: {', '.join(check.split.unplaced)}"
    else:
        yield from ("", "  Delegate:")
        yield from (f"    {each.seq} to {each.agent}: {one_line(each.file)}" for each in delegated)
    yield ""


def _quality(split: Split) -> str:
    """Say whether a split has the fewest batches."""
    return "the fewest safe batches" if split.fewest else "found quickly; fewer batches may be possible"


def plan_lines(feature: Feature, split: Split) -> Iterator[str]:
    """Say a whole feature as batches, its critical path and its widest batch."""
    by_seq = {subtask.seq: subtask for subtask in feature.subtasks}
    yield from ("", f"=== Batches: {feature.name} ===", "")
    for number, batch in enumerate(split.batches, 1):
        yield f"Batch {number}{'' if len(batch) == 1 else f' ({len(batch)} in parallel)'}:"
        yield from (f"  {ICONS[by_seq[seq].status]} {seq} - {by_seq[seq].title}" for seq in batch)
    if split.unplaced:
        yield f"Cannot be placed (a circle or a missing dependency; see validate): {', '.join(split.unplaced)}"
    chain = critical_path({subtask.seq: subtask.depends_on for subtask in feature.subtasks})
    widest = max((len(batch) for batch in split.batches), default=0)
    yield from ("", f"Batches: {len(split.batches)} ({_quality(split)})")
    yield f"Critical path: {' -> '.join(chain) or 'none'} ({len(chain)} tasks)"
    yield f"Widest batch: {widest} tasks"
    yield ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one subtask of a batch: `failure` is empty for one that is completed and has its deliverables."""

    subtask: Subtask
    failure: str
    evidence: Evidence = field(default_factory=Evidence)


def results(feature: Feature, seqs: Sequence[str], base: Path | None) -> list[Result]:
    """Judge the subtasks of a batch by their files' status and, below `base` unless None, by their deliverables."""
    return [_result(feature.find(seq), base) for seq in feature.known(seqs)]


def _result(subtask: Subtask, base: Path | None) -> Result:
    """Judge one subtask."""
    if subtask.status == "blocked":
        return Result(subtask, subtask.text("blocked_reason") or "blocked")
    if subtask.status != "completed":
        return Result(subtask, f"not completed, still {subtask.status}")
    found = Evidence() if base is None else evidence(subtask, base)
    missing = ", ".join(map(one_line, found.missing))
    return Result(subtask, f"marked completed, but missing: {missing}" if missing else "", found)


def report_lines(feature: Feature, batch: int, found: Sequence[Result], project: str) -> Iterator[str]:
    """Report a batch: all that was done, or what failed."""
    failed = [result for result in found if result.failure]
    yield f"## Batch {batch} Execution {'FAILED' if failed else 'Complete'}"
    yield from ("", f"Feature: {feature.name}")
    yield from _failure(batch, found, failed) if failed else _success(feature, batch, found, project)


def _failure(batch: int, found: Sequence[Result], failed: Sequence[Result]) -> Iterator[str]:
    """Report a batch in which something failed."""
    yield f"Status: ❌ {'PARTIAL FAILURE' if len(failed) < len(found) else 'ALL FAILED'}"
    yield ""
    for result in found:
        seq = result.subtask.seq
        yield f"❌ Subtask {seq} - FAILED: {result.failure}" if result.failure else f"✅ Subtask {seq} - Completed"
        yield from _notes(result.evidence)
    yield ""
    seqs = ", ".join(result.subtask.seq for result in failed)
    yield f"Recommendation: Fix subtask{'s' * (len(failed) > 1)} {seqs} before proceeding to Batch {batch + 1}."


def _success(feature: Feature, batch: int, found: Sequence[Result], project: str) -> Iterator[str]:
    """Report a batch of which all is completed."""
    yield f"Batch: {batch}"
    yield f"Subtasks: {', '.join(result.subtask.seq for result in found)}"
    yield from ("Status: ✅ ALL COMPLETED", "", "### Individual Results:", "")
    for result in found:
        subtask = result.subtask
        yield f"✅ Subtask {subtask.seq} - {subtask.title}"
        yield f"   - Status: {subtask.status}"
        yield f"   - Deliverables: {one_line(', '.join(subtask.deliverables)) or 'none named'}"
        yield f"   - Summary: {subtask.text('completion_summary') or 'none'}"
        yield from _notes(result.evidence)
        yield ""
    yield "### Batch Statistics:"
    yield f"- Total tasks: {len(found)}"
    yield f"- Completed: {len(found)}"
    yield "- Failed: 0"
    yield f"- Success rate: {percent(len(found), len(found))}%"
    yield from ("", "### Next Steps:")
    yield from _next_steps(feature, batch, project)


def _notes(found: Evidence) -> Iterator[str]:
    """Say what else the folder shows of a subtask's work."""
    if found.commits:
        yield f"   - Commits since it was started: {found.commits}"
    if found.unchanged:
        yield f"   - Note: not changed since it was started: {one_line(', '.join(found.unchanged))}"


def _next_steps(feature: Feature, batch: int, project: str) -> Iterator[str]:
    """Say what can start now."""
    following = next_batch(feature, project)
    if following:
        word = "subtask" if len(following) == 1 else "subtasks"
        yield f"Batch {batch} complete. Ready to proceed to Batch {batch + 1} ({word} {', '.join(following)})."
        needs = dict.fromkeys(need for seq in following for need in feature.find(seq).depends_on)
        if needs:
            yield f"Batch {batch + 1} depends on: {', '.join(needs)} (all now satisfied)."
    elif feature.count("completed") == feature.present:
        yield f"Batch {batch} complete. All subtasks of {feature.name} are completed."
    else:
        completed = feature.completed
        open_ones = [s for s in feature.subtasks if s.status != "completed"]
        said = [f"{s.seq} ({_why_not(s, s.waiting(completed))})" for s in open_ones]
        yield f"Batch {batch} complete. Nothing else is ready: {', '.join(said) or 'unreadable files'}."


def _why_not(subtask: Subtask, needs: Sequence[str]) -> str:
    """Say why a subtask cannot start."""
    return f"waiting: {', '.join(needs)}" if subtask.status == "pending" else subtask.status
