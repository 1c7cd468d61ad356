"""Whether subtasks may run side by side: no dependencies among them, all parallel, no overlapping deliverables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from batchpack.tasks.claims import claims_of
from batchpack.tasks.graph import reached
from batchpack.tasks.overlap import clashes
from batchpack.tasks.schedule import Item, Split, split
from batchpack.tasks.values import Feature, Subtask, one_line


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a batch breaks and the sequences that break it; rule: dependency, parallel, deliverables, unknown."""

    rule: str
    tasks: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """The answer on a batch: violations (none: it is safe), what else to know, and a split that is safe."""

    feature: str
    seqs: tuple[str, ...]
    violations: tuple[Violation, ...]
    notes: tuple[str, ...]
    split: Split


def check_batch(feature: Feature, seqs: Sequence[str], project: str) -> BatchCheck:
    """Check subtasks that shall run side by side; a single one is always safe. Raises UnknownTask."""
    known = feature.known(seqs)
    subtasks = [feature.find(seq) for seq in known]
    graph = {s.seq: s.depends_on for s in feature.subtasks}
    items = [to_item(s, tuple(filter(reached(graph, s.seq).__contains__, known)), project) for s in subtasks]
    violations = tuple(
        violation
        for (one, mine), (other, theirs) in combinations(zip(subtasks, items, strict=True), 2)
        for violation in _violations(one, mine, other, theirs)
    )
    return BatchCheck(feature.name, known, violations, _notes(feature, subtasks), split(items))


def to_item(subtask: Subtask, needs: tuple[str, ...], project: str) -> Item:
    """Make an item to place of a subtask; one that is not parallel or whose deliverables are unknown goes alone."""
    claims = claims_of(subtask.deliverables, project)
    return Item(subtask.seq, needs, claims or (), alone=claims is None or not subtask.parallel)


def _violations(one: Subtask, mine: Item, other: Subtask, theirs: Item) -> list[Violation]:
    """Return the rules that two subtasks break together."""
    pair = (one.seq, other.seq)
    found = [
        Violation("dependency", pair, f"{first.seq} depends on {second.seq}{_through(first, second)}")
        for first, second, needs in ((one, other, mine.needs), (other, one, theirs.needs))
        if second.seq in needs
    ]
    for task, item, mate in ((one, mine, other), (other, theirs, one)):
        if not task.parallel:
            found.append(Violation("parallel", pair, f"{task.seq} is not parallel, so it cannot run beside {mate.seq}"))
        elif not item.claims:
            found.append(Violation("unknown", pair, f"{_unknown(task)}, so {task.seq} cannot run beside {mate.seq}"))
    found.extend(Violation("deliverables", pair, one_line(text)) for text in clashes(mine.claims, theirs.claims))
    return found


def _through(first: Subtask, second: Subtask) -> str:
    """Say that a dependency runs through other subtasks."""
    return "" if second.seq in first.depends_on else " through others"


def _unknown(subtask: Subtask) -> str:
    """Say why nobody knows what a subtask writes."""
    for text in subtask.deliverables:
        if claims_of([text]) is None:
            return f"deliverable '{one_line(text)}' is no path inside the project"
    return f"{subtask.seq} names no deliverables"


def _notes(feature: Feature, subtasks: Sequence[Subtask]) -> tuple[str, ...]:
    """Say what keeps a batch from starting now without making it unsafe."""
    inside = {subtask.seq for subtask in subtasks}
    completed = feature.completed
    notes: list[str] = []
    for subtask in subtasks:
        waiting = [seq for seq in subtask.waiting(completed) if seq not in inside]
        if subtask.status != "pending":
            notes.append(f"{subtask.seq} is {subtask.status}")
        elif waiting:
            notes.append(f"{subtask.seq} waits for {', '.join(waiting)}")
    return tuple(notes)


def plan(feature: Feature, project: str) -> Split:
    """Split a whole feature into safe batches; a sequence that two files have cannot be placed."""
    count = Counter(subtask.seq for subtask in feature.subtasks)
    single = [subtask for subtask in feature.subtasks if count[subtask.seq] == 1]
    found = split([to_item(subtask, subtask.depends_on, project) for subtask in single])
    doubled = tuple(seq for seq in count if count[seq] > 1)
    return replace(found, unplaced=(*doubled, *found.unplaced))


def next_batch(feature: Feature, project: str) -> tuple[str, ...]:
    """Return subtasks that may start now, side by side; none when nothing is ready."""
    completed = feature.completed
    ready = {s.seq: s for s in feature.subtasks if s.status == "pending" and not s.waiting(completed)}
    batches = split([to_item(subtask, (), project) for subtask in ready.values()]).batches
    return batches[0] if batches else ()
