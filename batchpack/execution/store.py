"""A run of work on disk: its paths, its lock, its journal, its plan; and how a word leads to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.execution import facts
from batchpack.execution.facts import Facts, is_work
from batchpack.execution.journal import Event, Journal, looked_at
from batchpack.execution.state import State, fold
from batchpack.files import is_held, locked, read_text, write_atomic
from batchpack.runs import ids, resume, store
from batchpack.workplan import codec
from batchpack.workplan.values import WorkPlan


class NotWork(BatchpackError):
    """A run that a host's agents carry out, where one of `batchpack run` is needed."""

    def __init__(self, run: str) -> None:
        super().__init__(
            f"run {run} is carried out by the agents of a host, not by `batchpack run`",
            f"see where it stands: batchpack resume {run}",
        )


class BrokenJournal(BrokenFile):
    """A journal that does not tell what its run did; what git has of the run is not lost with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        branches = f"git branch --list 'batchpack/{path.parent.name}/*'"
        self.hint = f"its work is still on its branches: {branches}; begin anew: batchpack run PLAN"


@dataclass(frozen=True)
class WorkRun:
    """A run's directory, with its settled facts and its plan read once."""

    folder: Path

    @cached_property
    def facts(self) -> Facts:
        """Read what was settled at the start."""
        return facts.read(self.folder / "run.json")

    @cached_property
    def plan(self) -> WorkPlan:
        """Read the plan; raises BrokenFile when it is not the one begun."""
        path = self.folder / "plan.json"
        try:
            return codec.from_json(json.loads(read_text(path)))
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenFile(path, f"it is not the plan that this run began with: {error}") from error

    @property
    def id(self) -> str:
        """Return the run's id."""
        return self.folder.name

    @property
    def short(self) -> str:
        """Return the four digits that printed commands use."""
        return ids.short(self.id)

    @property
    def journal(self) -> Path:
        """Return the path of the journal, which the engine's and the merge queue's tables share."""
        return self.folder / "journal.sqlite"

    @property
    def merge_folder(self) -> Path:
        """Return where the merge queue keeps its integration worktree and its logs."""
        return self.folder / "merge"

    def prompt(self, task: str, number: int) -> Path:
        """Return the path of an attempt's prompt."""
        return self.folder / "prompts" / f"{task}-{number}.md"

    def evidence(self, task: str, number: int) -> Path:
        """Return the folder of what was found about an attempt."""
        return self.folder / "evidence" / f"{task}-{number}"

    def locked(self, wait: float = 2.0) -> AbstractContextManager[None]:
        """Hold the run as the one who drives it; raises Busy."""
        return locked(self.folder / ".lock", f"run {self.short}", wait)

    def is_driven(self) -> bool:
        """Tell whether a process drives the run at this moment."""
        return is_held(self.folder / ".lock")

    def events(self) -> list[Event]:
        """Read all events of the journal; raises BrokenFile where somebody took it away."""
        if not self.journal.exists():
            raise BrokenJournal(self.journal, "it is gone, and with it what this run did; its branches are still there")
        try:
            with closing(Journal(self.journal)) as journal:
                return journal.since()
        except Unwritable:  # who may only look needs no more than that
            return looked_at(self.journal)

    def state(self) -> State:
        """Rebuild where the run stands from its journal."""
        return self.folded(self.events())

    def folded(self, events: Sequence[Event]) -> State:
        """Return where all events of the journal lead; raises BrokenFile for a journal that is not this run's."""
        try:
            state = fold((task.id for task in self.plan.tasks), events)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenJournal(self.journal, f"an event in it is not as batchpack writes it: {error!r}") from error
        if state.started is None:
            raise BrokenJournal(self.journal, "the beginning of the run is not in it")
        return state

    def copy_state(self, state: dict[str, Any]) -> None:
        """Write `state.json`, the copy for onlookers; the journal holds it all, so a full disk is no harm here."""
        with suppress(Unwritable):
            write_atomic(
                self.folder / "state.json", json.dumps({"schema": 1, "run": self.id, **state}, indent=1) + "\n"
            )


def find(word: str, project: Path) -> WorkRun:
    """Return the run of work that a word means; raises what `runs.store.find` does, or NotWork."""
    if word == ids.LATEST:
        own = [folder for folder in store.of_project(project) if is_work(folder)]
        if not own:
            raise store.UnknownRun(word)
        return WorkRun(own[-1])
    folder = store.find(word, project).folder
    if not is_work(folder):
        raise NotWork(ids.short(folder.name))
    return WorkRun(folder)


def newest_unfinished(project: Path, *, retry_failed: bool) -> Path:
    """Return the folder of the newest run of a project, of either kind, that can be gone on with.

    Raises NothingToResume.
    """
    own = [folder for folder in store.of_project(project) if is_work(folder) and _is_open(folder, again=retry_failed)]
    try:
        other = [resume.newest_unfinished(project, retry_failed=retry_failed).folder]
    except resume.NothingToResume:
        if not own:
            raise
        other = []
    return max([*own, *other], key=store.age)


def _is_open(folder: Path, *, again: bool) -> bool:
    """Tell whether a run is not finished, or has failed tasks when these are wanted; a broken one is passed over."""
    try:
        state = WorkRun(folder).state()
    except BatchpackError:
        return False
    return state.finished is None or (again and state.count("abandoned", "skipped") > 0)
