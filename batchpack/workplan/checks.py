"""What must hold for a plan before anything starts; all that does not hold is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from batchpack.tasks import graph
from batchpack.tasks.values import is_name, one_line
from batchpack.workplan import paths
from batchpack.workplan.complaints import BadPlan, Complaint
from batchpack.workplan.values import MOST_ATTEMPTS, WorkPlan, WorkTask

RESERVED = frozenset({"integration"})
"""Ids that a run's own branches have."""
TITLE_LIMIT = 200
LINE_LIMIT = 100_000
"""The longest line for the shell in bytes; Linux takes no argument of 128 KiB or more."""
LIST_LIMIT = 1000
"""The most entries of each list of a task."""
TASK_LIMIT = 100_000
HINTS = 20
"""How many missing ids are compared with those there are, each with each."""
LONGEST = 7 * 24 * 3600.0
"""The longest timeout, in seconds."""
ID_RULE = "up to 64 letters, digits, '.', '_' and '-'; a letter or digit first, no '..', no '.' or '.lock' at the end"
NAMES = ("agent", "executor", "model")
LISTS = ("depends_on", "deliverables", "scope", "verify", "needs")


def check(plan: WorkPlan) -> None:
    """Raise BadPlan with all that must be mended before the plan can be run."""
    found = complaints(plan)
    if found:
        raise BadPlan(str(plan.path or one_line(plan.name)), found, plan)


def complaints(plan: WorkPlan) -> list[Complaint]:
    """Return all that must be mended, in the order of the tasks; what concerns the whole plan first."""
    if len(plan.tasks) > TASK_LIMIT:
        return [Complaint(str(plan.path or ""), f"it has {len(plan.tasks):,} tasks; at most {TASK_LIMIT:,} can be run")]
    return [*_whole(plan), *(complaint for task in plan.tasks for complaint in _task(task, plan)), *_between(plan)]


def _whole(plan: WorkPlan) -> Iterator[Complaint]:
    """Check what stands beside the tasks."""
    where = str(plan.path or "")
    if not plan.tasks:
        yield Complaint(where, "there is no task in it")
    said = [*(fault for line in (*plan.gate, *plan.setup) for fault in _line("a line of gate or setup", line))]
    said += [fault for pattern in plan.include for fault in paths.faults("include", pattern)]
    said += [f"pool {one_line(name)!r} needs at least one place" for name, places in plan.pools.items() if places < 1]
    said += [f"{one_line(name)[:80]!r} cannot be the name of a pool" for name in plan.pools if not is_name(name)]
    if plan.base.startswith("-") or one_line(plan.base) != plan.base:
        said.append(f"base {one_line(plan.base)[:80]!r} is no commit or branch")
    yield from (Complaint(where, text) for text in said)


def _task(task: WorkTask, plan: WorkPlan) -> Iterator[Complaint]:
    """Check one task by itself."""
    yield from (Complaint(task.where, f"{_called(task)}: {text}") for text in _faults(task, plan.pools))


def _called(task: WorkTask) -> str:
    """Return what a task is called in a complaint, be its id ever so odd."""
    return f"task {one_line(task.id)[:64]}" if task.id.strip() else "a task without an id"


def _faults(task: WorkTask, pools: Mapping[str, int]) -> Iterator[str]:
    """Say what is wrong with a task."""
    yield from _identity(task)
    long = [name for name in LISTS if len(getattr(task, name)) > LIST_LIMIT]
    if long:
        yield f"{' and '.join(long)} must have at most {LIST_LIMIT:,} entries"
        return
    yield from _work(task)
    for path in task.deliverables:
        yield from paths.faults("deliverable", path, patterns=False)
    for path in task.scope:
        yield from paths.faults("scope", path)
    for need in dict.fromkeys(task.needs):
        if need not in pools:
            yield f"it needs {one_line(need)[:80]!r}, but the plan has {_listed(pools)}"
    for name in ("timeout", "verify_timeout"):
        if not 0 < getattr(task, name) <= LONGEST:
            yield f"{name} must be more than 0 seconds and at most 7 days"
    if not 1 <= task.attempts <= MOST_ATTEMPTS:
        yield f"attempts must be 1 to {MOST_ATTEMPTS}"


def _listed(pools: Mapping[str, int]) -> str:
    """Say which pools there are."""
    return f"only the pools {', '.join(map(one_line, pools))}" if pools else "no pools"


def _identity(task: WorkTask) -> Iterator[str]:
    """Check what a task is called: its id becomes a branch and a folder, its title a line."""
    if not is_name(task.id) or task.id.endswith("."):
        yield f"this is no id; {ID_RULE}"
    elif task.id.casefold() in RESERVED:
        yield "this id is kept for the branch on which all work is brought together; choose another"
    if not task.title.strip():
        yield "its title is empty"
    elif len(task.title) > TITLE_LIMIT or one_line(task.title) != task.title:
        yield f"its title must be one line of at most {TITLE_LIMIT} characters"
    for name in NAMES:
        value = getattr(task, name)
        if value.startswith("-") or one_line(value) != value or len(value) > TITLE_LIMIT:
            yield f"{name} {one_line(value)[:80]!r} is no name"


def _work(task: WorkTask) -> Iterator[str]:
    """Check that there is something to do, and that it can be handed on."""
    if not task.prompt.strip() and not task.command.strip():
        yield "it has nothing to do: give it a prompt for an agent, or a command"
    elif task.prompt.strip() and task.command.strip():
        yield "it has a prompt and a command; keep the one that does the work"
    yield from _text("its prompt", task.prompt)
    yield from _line("its command", task.command)
    for line in task.verify:
        yield from _line("a line of verify", line, blank=False)


def _line(what: str, line: str, *, blank: bool = True) -> Iterator[str]:
    """Check that a text can be given to a shell."""
    yield from _text(what, line)
    if len(line.encode(errors="replace")) > LINE_LIMIT:
        yield f"{what} is longer than {LINE_LIMIT:,} bytes; put it into a script"
    if not blank and not line.strip():
        yield f"{what} is empty, which would always succeed"


def _text(what: str, text: str) -> Iterator[str]:
    """Check that a text can be written to a file and given to a program."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        yield f"{what} holds a character that no program can be given"


def _between(plan: WorkPlan) -> Iterator[Complaint]:
    """Check what tasks have to do with each other."""
    yield from _twice(plan)
    known: dict[str, tuple[str, ...]] = {}
    for task in plan.tasks:
        known.setdefault(task.id, task.depends_on)  # of several with one id the first: the others are to be renamed
    missing = ((task, need) for task in plan.tasks for need in dict.fromkeys(task.depends_on) if need not in known)
    for count, (task, need) in enumerate(missing):
        yield Complaint(task.where, f"{_called(task)}: it depends on {_missing(need, known, hint=count < HINTS)}")
    yield from _circles(plan, known)
    yield from _backwards(plan)


def _backwards(plan: WorkPlan) -> Iterator[Complaint]:
    """Find tasks of a layered plan that wait for a later layer, which waits for theirs."""
    layers = {layer: number for number, layer in enumerate(dict.fromkeys(task.layer for task in plan.tasks))}
    own = {task.id: layers[task.layer] for task in plan.tasks if plan.layered}
    for task in plan.tasks if plan.layered else ():
        for need in task.depends_on:
            if own.get(need, 0) > own[task.id]:
                said = f"it depends on {one_line(need)[:80]}, which is of a later layer"
                yield Complaint(task.where, f"{_called(task)}: {said}")


def _missing(need: str, known: Mapping[str, object], *, hint: bool) -> str:
    """Say that a dependency does not exist, with the one that may have been meant."""
    from difflib import get_close_matches

    close = get_close_matches(need[:80], known, n=1) if hint and len(known) <= LIST_LIMIT else []
    return f"{one_line(need)[:80]!r}, which is not in the plan" + (f"; did you mean {close[0]}?" if close else "")


def _twice(plan: WorkPlan) -> Iterator[Complaint]:
    """Find ids that stand twice; letter case does not tell them apart, since it does not on many disks."""
    first: dict[str, WorkTask] = {}
    for task in plan.tasks:
        other = first.setdefault(task.id.casefold(), task)
        if other is not task:
            place = f" ({other.where})" if other.where else ""
            differs = "" if other.id == task.id else f" as {one_line(other.id)}, but for letter case"
            yield Complaint(task.where, f"{_called(task)}: this id is taken already{differs}{place}")


def _circles(plan: WorkPlan, known: Mapping[str, tuple[str, ...]]) -> Iterator[Complaint]:
    """Find circles, each told once, as a way from a task back to itself."""
    by_id = {task.id: task for task in plan.tasks}
    for name, needs in known.items():
        if name in needs:
            yield Complaint(by_id[name].where, f"{_called(by_id[name])}: it depends on itself")
    told: set[str] = set()
    inner = {name: [need for need in needs if need in known and need != name] for name, needs in known.items()}
    for name, way in graph.circles(inner).items():
        if not told & set(way):
            told |= set(way)
            yield Complaint(by_id[name].where, f"{_called(by_id[name])}: it waits for itself: {' -> '.join(way)}")
