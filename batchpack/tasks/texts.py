"""The words in which the task CLI answers; prompts in the wild quote them, so they are kept to the letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from batchpack.tasks.values import Feature, Status, Subtask, one_line

ICONS: dict[Status, str] = {"completed": "✓", "in_progress": "~", "pending": "○", "blocked": "✗"}
TREE_LIMIT = 1000
"""The most lines of a dependency tree; shared dependencies are drawn again under each parent, so it could explode."""


def percent(part: int, whole: int) -> int:
    """Return a share in whole per cent, halves rounded up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def status(feature: Feature, *, listed: bool = False) -> Iterator[str]:
    """Say how far a feature is; `listed` adds its subtasks."""
    yield ""
    if feature.task is None and not feature.task_is_broken:
        yield f"[{feature.name}] - No task.json found"
    else:
        yield from _progress(feature)
    if listed and feature.subtasks:
        yield ""
        yield "  Subtasks:"
        yield from (f"  {item(subtask)}" for subtask in feature.subtasks)


def _progress(feature: Feature) -> Iterator[str]:
    """Say a feature's name, status and counts; those that cannot be read count in the total."""
    done = feature.count("completed")
    stands = one_line(str((feature.task or {}).get("status", "unreadable")))
    yield f"[{feature.name}] {feature.title}"
    yield f"  Status: {stands} | Progress: {percent(done, feature.present)}% ({done}/{feature.present})"
    yield (
        f"  Pending: {feature.count('pending')} | In Progress: {feature.count('in_progress')}"
        f" | Completed: {done} | Blocked: {feature.count('blocked')}"
    )


def item(subtask: Subtask) -> str:
    """Say a subtask in a line, with its status as icon and word."""
    return f"{ICONS[subtask.status]} {subtask.seq} - {subtask.title} [{subtask.status}]"


def ready(feature: Feature, *, parallel: bool = False) -> list[Subtask]:
    """Return the pending subtasks whose dependencies are completed; with `parallel` those so marked."""
    completed = feature.completed
    return [
        subtask
        for subtask in feature.subtasks
        if subtask.status == "pending"
        and (subtask.parallel or not parallel)
        and completed.issuperset(subtask.depends_on)
    ]


def waiting(feature: Feature) -> list[tuple[Subtask, str]]:
    """Return the subtasks that cannot go on, each with why."""
    completed = feature.completed
    found: list[tuple[Subtask, str]] = []
    for subtask in feature.subtasks:
        needs = subtask.waiting(completed)
        if subtask.status == "blocked":
            found.append((subtask, "explicitly blocked"))
        elif subtask.status == "pending" and needs:
            found.append((subtask, f"waiting: {one_line(', '.join(needs))}"))
    return found


def listing(heading: str, groups: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Say a heading and then each group that has lines, with an empty line behind."""
    yield from ("", f"=== {heading} ===", "")
    for title, lines in groups:
        if lines:
            yield title
            yield from (f"  {line}" for line in lines)
            yield ""


def next_tasks(features: Iterable[Feature]) -> Iterator[str]:
    """Say which subtasks may start now."""
    kind = {True: "[parallel]", False: "[sequential]"}
    return listing(
        "Ready Tasks (deps satisfied)",
        ((f"[{f.name}]", [f"{s.seq} - {s.title}  {kind[s.parallel]}" for s in ready(f)]) for f in features),
    )


def parallel_tasks(features: Iterable[Feature]) -> Iterator[str]:
    """Say which parallel subtasks may start now."""
    found = ((f, ready(f, parallel=True)) for f in features)
    return listing(
        "Parallelizable Tasks Ready Now",
        ((f"[{f.name}] - {len(tasks)} parallel tasks:", [f"{s.seq} - {s.title}" for s in tasks]) for f, tasks in found),
    )


def blocked_tasks(features: Iterable[Feature]) -> Iterator[str]:
    """Say which subtasks cannot go on and why; a reason that was given stands below."""
    return listing("Blocked Tasks", ((f"[{f.name}]", [*_blocked_lines(f)]) for f in features))


def _blocked_lines(feature: Feature) -> Iterator[str]:
    """Say the subtasks of one feature that cannot go on."""
    for subtask, why in waiting(feature):
        yield f"{subtask.seq} - {subtask.title} ({why})"
        if subtask.status == "blocked" and subtask.text("blocked_reason"):
            yield f"     reason: {subtask.text('blocked_reason')}"


def dependency_tree(feature: Feature, subtask: Subtask) -> Iterator[str]:
    """Draw what a subtask depends on, each dependency with its own below it."""
    yield from ("", f"=== Dependency Tree: {feature.name}/{subtask.seq} ===", "")
    yield f"{subtask.seq} - {subtask.title} [{subtask.status}]"
    if not subtask.depends_on:
        yield "  └── (no dependencies)"
    for count, line in enumerate(_branches(feature, subtask), 1):
        if count > TREE_LIMIT:
            yield f"  … cut after {TREE_LIMIT} lines; `batches {feature.name}` shows the whole plan"
            return
        yield line


def _branches(feature: Feature, subtask: Subtask) -> Iterator[str]:
    """Draw the branches below a subtask, going round no circle twice."""
    by_seq = {each.seq: each for each in feature.subtasks}
    stack = [(subtask.depends_on, 0, "  ", frozenset({subtask.seq}))]
    while stack:
        seqs, place, indent, above = stack.pop()
        if place == len(seqs):
            continue
        stack.append((seqs, place + 1, indent, above))
        last, seq = place == len(seqs) - 1, seqs[place]
        found = by_seq.get(seq)
        name = f"? {one_line(seq)} - NOT FOUND" if found is None else item(found)
        yield f"{indent}{'└──' if last else '├──'} {name}{' (circular)' if seq in above else ''}"
        if found is not None and seq not in above:
            stack.append((found.depends_on, 0, indent + ("    " if last else "│   "), above | {seq}))


def completed_lines(feature: Feature, subtask: Subtask) -> Iterator[str]:
    """Say that a subtask is completed, how far its feature is, and when it can be archived."""
    yield from ("", f"✓ Marked {feature.name}/{subtask.seq} as completed")
    yield f"  Summary: {subtask.text('completion_summary')}"
    if feature.task is not None:
        yield f"  Progress: {feature.count('completed')}/{feature.task['subtask_count']}"
        if feature.count("completed") == feature.present == feature.task["subtask_count"]:
            yield f"  All subtasks are completed; archive the feature with: task-cli archive {feature.name}"
