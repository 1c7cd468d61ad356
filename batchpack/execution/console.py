"""A run of work at a terminal: the table while it runs, a line an event elsewhere, and the summary at its end."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from batchpack.app import App
from batchpack.errors import BatchpackError, Interrupted, Unwritable
from batchpack.execution import driving, endings, show
from batchpack.execution.context import executor_name
from batchpack.execution.facts import Options
from batchpack.execution.journal import Event
from batchpack.execution.schedule import stages
from batchpack.execution.state import State
from batchpack.execution.store import WorkRun
from batchpack.execution.view import view
from batchpack.output import is_terminal, outliving, say, say_json, say_json_line, warn, watched
from batchpack.workplan import checks, digest, graph
from batchpack.workplan.complaints import BadPlan
from batchpack.workplan.values import WorkPlan
from batchpack.worktrees import repository


class Unfinished(BatchpackError):
    """A run that ended with tasks that failed; the exit code is their number, as GNU parallel counts."""

    def __init__(self, failed: int, hint: str) -> None:
        tasks = "1 task was" if failed == 1 else f"{failed} tasks were"
        super().__init__(f"{tasks} not done", hint)
        self.exit_code = min(failed, 101)


class Waiting(BatchpackError):
    """A run in which nothing more may begin until somebody does something."""

    def __init__(self, run: WorkRun, reason: str) -> None:
        spent = reason.startswith("the budget")
        mend = f"batchpack resume {run.short}" + (" --budget UNIT=LIMIT" if spent else "")
        super().__init__(f"the run stopped: {reason}", f"nothing was lost; go on with: {mend}")


def check(app: App, plan: WorkPlan, options: Options) -> None:
    """Refuse a plan that cannot be carried out here, before anything is made."""
    checks.check(plan)
    app.engine(options.engine)
    driving.executors_for(app, plan, options.executor)


def preview(plan: WorkPlan, options: Options, *, as_json: bool) -> None:
    """Say in what order a plan's tasks would run, and who would work on each."""
    checks.check(plan)
    layers = order(plan)
    if as_json:
        say_json({"plan": plan.name, "tasks": len(plan.tasks), "jobs": options.jobs, "layers": layers})
        return
    tasks = {task.id: task for task in plan.tasks}
    many = f"{len(layers)} layer{'s' if len(layers) != 1 else ''}"
    say(f"{plan.name}: {_tasks(plan)} in {many}, at most {options.jobs} at a time")
    for number, layer in enumerate(layers, 1):
        say(f"\nLayer {number}")
        for name in layer:
            say(f"  {name}  {tasks[name].title}  ({executor_name(tasks[name], options.executor) or 'no executor yet'})")
    say("\nNothing was made. Without --dry-run it begins.")


def order(plan: WorkPlan) -> list[tuple[str, ...]]:
    """Return the tasks by what they wait for; in a layered plan each layer's behind those of the layers before it."""
    if not plan.layered:
        return graph.layers(plan)
    stage = stages(plan)
    others = [{name for name in stage if stage[name] != number} for number in sorted(set(stage.values()))]
    return [names for outside in others for names in graph.layers(_without(plan, outside))]


def drive(app: App, run: WorkRun, *, as_json: bool, resumed: Mapping[str, Any] | None = None) -> None:
    """Drive a run and show it; raises Unfinished for failed tasks, Interrupted for one that was stopped."""
    shown = run.state()
    width = run.facts.options.jobs
    if not as_json:
        with outliving():
            _introduce(run, noted=resumed is None)

    def tell(event: Event) -> None:
        shown.apply(event)
        with outliving():
            _tell(event, as_json=as_json)

    with goes_on(run), watched(_picture(run, shown, width, as_json=as_json)):
        state = driving.drive(app, run, tell=tell, say=warn, resumed=resumed)
    conclude(run, state, as_json=as_json)


@contextmanager
def goes_on(run: WorkRun) -> Iterator[None]:
    """Where the disk ends a run, say that it is gone on with; the command that began it would begin another."""
    try:
        yield
    except Unwritable as error:
        error.hint = error.hint.replace("run the command again", f"go on with: batchpack resume {run.short}")
        raise
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        where = f" ({error.filename})" if error.filename else ""
        hint = f"nothing was lost; make room and go on with: batchpack resume {run.short}"
        raise BatchpackError(f"{error.strerror}{where}", hint) from error


def _introduce(run: WorkRun, *, noted: bool) -> None:
    """Say what begins, with the notes on its repository where they are news."""
    for note in repository.open_at(run.facts.project).notes if run.facts.base and noted else ():
        say(note)
    width = run.facts.options.jobs
    say(f"Run {run.short}: {_tasks(run.plan)}, at most {width} at a time; its folder is {run.folder}")


def _tasks(plan: WorkPlan) -> str:
    """Count the tasks of a plan."""
    return "1 task" if len(plan.tasks) == 1 else f"{len(plan.tasks)} tasks"


def _tell(event: Event, *, as_json: bool) -> None:
    """Print an event; people who look at the table see it there."""
    if as_json:
        say_json_line({"seq": event.seq, "at": event.at, "event": event.name, "task": event.task,
                       "attempt": event.attempt, "facts": dict(event.facts)})  # fmt: skip
    elif not is_terminal() and (text := show.told(event)):
        say(f"{event.at[11:19]} {text}")


def go_on(app: App, run: WorkRun, *, as_begun: bool, again: bool, budget: Mapping[str, float], as_json: bool) -> None:
    """Take up a run; raises BatchpackError when its plan's file is another one by now, with what changed."""
    state = run.state()
    if state.finished is not None and not (again and state.count("abandoned", "skipped")):
        say(f"Run {run.short} is finished; there is nothing to go on with.")
        return
    if not as_begun:
        _refuse_other_plan(app, run)
    drive(app, run, as_json=as_json, resumed={"again": again, "budget": dict(budget)})


def _refuse_other_plan(app: App, run: WorkRun) -> None:
    """Refuse to go on when the file that the plan came from says something else now."""
    path = run.plan.path
    if path is None or not path.exists() or run.plan.kind not in app.registry.sources:
        return
    try:
        read = app.source(run.plan.kind, path).read(path)
    except BadPlan as error:
        if error.plan is None:
            raise
        read = error.plan
    settled = {name for name, task in run.state().tasks.items() if task.status in {"verified", "merged", "abandoned"}}
    now = replace(read, kind=run.plan.kind, worktrees=run.plan.worktrees)
    changed = digest.differences(_without(run.plan, settled), _without(now, settled))
    if changed:
        listed = "\n  ".join(f"- {line}" for line in changed[:20])
        raise BatchpackError(
            f"the plan changed since run {run.short} began:\n  {listed}",
            f"go on as it was: batchpack resume {run.short} --as-begun; or begin the new one: batchpack run {path}",
        )


def _without(plan: WorkPlan, names: set[str]) -> WorkPlan:
    """Return a plan without tasks that are settled: what their file says by now changes nothing any more."""
    tasks = (
        replace(task, depends_on=tuple(other for other in task.depends_on if other not in names))
        for task in plan.tasks
        if task.id not in names
    )
    return replace(plan, tasks=tuple(tasks))


def _picture(run: WorkRun, state: State, width: int, *, as_json: bool) -> Callable[[], str]:
    """Return what paints the table, as large as the terminal is at that moment."""

    def paint() -> str:
        size = shutil.get_terminal_size()
        return "" if as_json else show.table(view(run, state, driven=True, width=width), size.columns, size.lines)

    return paint


def conclude(run: WorkRun, state: State, *, as_json: bool) -> None:
    """Print how a run ended and leave with the exit code that says so."""
    with outliving():
        _sum_up(run, state, as_json=as_json)
    if state.pause and state.pause.get("final"):
        raise Waiting(run, str(state.pause["reason"]))
    if state.finished is None and not state.halted:
        raise Interrupted(f"batchpack resume {run.short}")
    failed = endings.failures(state, merged=bool(run.facts.base))
    if failed:
        rest = f"go on with the rest: batchpack resume {run.short}; " if state.finished is None else ""
        again = f"batchpack resume {run.short} --retry-failed"
        raise Unfinished(failed, f"see why: batchpack status {run.short}; {rest}try again: {again}")


def _sum_up(run: WorkRun, state: State, *, as_json: bool) -> None:
    """Print how a run ended; programs that read its events have had them."""
    if not as_json:
        if is_terminal():
            say(_picture(run, state, run.facts.options.jobs, as_json=False)())
        for line in endings.summary(run, state):
            say(line)
        if not is_terminal():  # it is there for programs; people have the table
            say(show.batch_result_text(endings.result(run, state)))
