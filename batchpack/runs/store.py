"""A run on disk: its paths, its lock, its journal; and how a word leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.files import locked, write_atomic
from batchpack.runs import facts, ids, index, standing
from batchpack.runs import journal as journals
from batchpack.runs.facts import Facts, Plan
from batchpack.runs.state import State, fold

PROJECT_ROOT = ".batchpack"


class UnknownRun(BatchpackError):
    """A word that leads to no run."""

    def __init__(self, word: str) -> None:
        super().__init__(f"there is no run {word!r} here", "see the runs there are: batchpack runs --all")


class AmbiguousRun(BatchpackError):
    """A word that leads to several runs."""

    def __init__(self, word: str, found: list[str]) -> None:
        super().__init__(
            f"{word!r} means {len(found)} runs: {', '.join(found[:8])}", "give the whole id of one of them"
        )


@dataclass(frozen=True)
class Run:
    """A run's directory, with its settled facts read once."""

    folder: Path

    @cached_property
    def facts(self) -> Facts:
        """Read what was settled at the start."""
        return facts.read_facts(self.folder / "run.json")

    @cached_property
    def plan(self) -> Plan:
        """Read the plan."""
        return facts.read_plan(self.folder / "plan.json")

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
        """Return the journal's path."""
        return self.folder / "journal.jsonl"

    @property
    def synthesis(self) -> Path:
        """Return the synthesis's path."""
        return self.folder / "SYNTHESIS.md"

    def prompt(self, task: str) -> Path:
        """Return the path of a task's prompt."""
        return self.folder / "prompts" / f"{task}.md"

    @property
    def alias(self) -> Path:
        """Return the short way to the prompts: calls repeat it for every agent."""
        return self.facts.root / self.short

    def told_prompt(self, task: str) -> Path:
        """Return the path of a task's prompt as an agent is told it: the short way where that could be made."""
        short = self.alias / f"{task}.md"
        return short if short.resolve() == self.prompt(task).resolve() else self.prompt(task)

    def report(self, task: str) -> Path:
        """Return the path of a task's report."""
        return self.folder / "results" / f"{task}.md"

    def envelope(self, task: str) -> Path:
        """Return the path of what a task said beside its report."""
        return self.folder / "results" / f"{task}.json"

    def kept(self, task: str, attempt: int) -> Path:
        """Return the path under which an attempt's report is kept when the next attempt begins."""
        return self.folder / "results" / f"{task}.attempt{attempt}.md"

    def late(self, task: str) -> Path:
        """Return the path of a report that came too late to count; it is there for `resume`."""
        return self.folder / "results" / f"{task}.late.md"

    def batch_results(self, number: int) -> Path:
        """Return the path of a batch's results."""
        return self.folder / f"batch{number}-results.md"

    def locked(self) -> AbstractContextManager[None]:
        """Hold the run: one process at a time reads, decides and writes."""
        return locked(self.folder / ".lock", f"run {self.short}")

    def state(self) -> State:
        """Rebuild where the run stands from its journal; raises BrokenFile when the plan is not the one begun."""
        read = journals.read(self.journal)
        if read.events[0].get("plan_hash") != self.plan.hash:
            raise BrokenFile(self.folder / "plan.json", "it is not the plan that this run began with")
        try:
            state = fold(self.plan.batches, read.events)
        except (KeyError, TypeError) as error:
            raise BrokenFile(self.journal, f"an event does not say what it must: {error}") from error
        state.torn = read.torn
        return state

    def record(self, *events: journals.Event) -> State:
        """Append events and return where the run stands with them; `state.json` follows as a copy for onlookers."""
        journals.append(self.journal, *events)
        state = self.state()
        text = json.dumps({"schema": facts.SCHEMA, "run": self.id, **state.to_json()}, indent=1)
        with suppress(Unwritable):  # the journal holds it all; a copy must not make a recorded act look failed
            write_atomic(self.folder / "state.json", text + "\n")
        standing.tell(self.facts.root, self.short, state)
        return state

    def shown(self, path: Path, here: Path) -> str:
        """Return a path as printed: relative when the reader stands in the folder it lies below."""
        return str(path.relative_to(here)) if here == self.facts.tree and path.is_relative_to(here) else str(path)


def find(word: str, project: Path) -> Run:
    """Return the run that a word means: of this project, else of any for which the index has it.

    Raises BadName, UnknownRun or AmbiguousRun.
    """
    ids.check_run_word(word)
    folders = of_project(project)
    if word == ids.LATEST:
        if not folders:
            raise UnknownRun(word)
        return Run(folders[-1])
    elsewhere = (entry.folder for entry in index.entries())
    for group in (folders, elsewhere):
        found = sorted({folder for folder in group if ids.matches(folder.name, word)})
        if len(found) > 1:
            raise AmbiguousRun(word, [folder.name for folder in found])
        if found:
            return Run(found[0])
    raise UnknownRun(word)


def of_project(project: Path) -> list[Path]:
    """Return the directories of a project's runs, oldest first, wherever its hosts keep them."""
    known = {entry.folder for entry in index.entries() if entry.project == project}
    return sorted({*known, *inside(project / PROJECT_ROOT)}, key=age)


def inside(root: Path) -> Iterator[Path]:
    """List the directories of the runs below a root."""
    yield from _folders(root / "runs")


def age(folder: Path) -> tuple[str, int, str]:
    """Return what orders runs by their start; ids know seconds, so within one second the first file decides."""
    try:
        written = (folder / "run.json").stat().st_mtime_ns
    except OSError:
        written = 0
    return folder.name[:15], written, folder.name


def _folders(parent: Path) -> Iterator[Path]:
    """List the run directories in a folder."""
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if ids.RUN_ID.fullmatch(path.name) and path.is_dir())
