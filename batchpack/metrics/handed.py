"""What a run's models were given to read, in bytes, and what they would be given if all went through their contexts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchpack import places
from batchpack.errors import BrokenFile
from batchpack.runs import budget, journal
from batchpack.runs.journal import Event
from batchpack.runs.store import Run

SKILL = ("skills/batch-run/SKILL.md.j2", "skills/_shared/start.md.j2")
"""What the session reads before anything else, each time."""


@dataclass(slots=True)
class Given:
    """Bytes that models were given to read, each once: the session that carries the run out, and its agents."""

    session: int = 0
    agents: int = 0

    @property
    def total(self) -> int:
        """Return them together."""
        return self.session + self.agents


@dataclass(slots=True)
class Handed:
    """A run's two ways: by files, as it was, and inline, as it would be with every text in a message.

    `attempts` are in both; those in `unknown` are in neither, since their prompts are gone.
    """

    by_files: Given = field(default_factory=Given)
    inline: Given = field(default_factory=Given)
    attempts: int = 0
    unknown: int = 0


def read(folder: Path) -> Handed:
    """Count what a host's run handed over; raises BrokenFile.

    By files: the session reads the skill, the request, what commands printed, a line an agent and the synthesis; an
    agent its prompt, the reports it builds on, and its task's report of the attempt before, if there is one. Inline:
    the session reads the request and every report whole, an agent the whole request and every report before it.
    """
    run = Run(folder)
    try:
        return _counted(run, journal.read(run.journal).events)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(run.journal, f"an event does not say what it must: {error}") from error


def _counted(run: Run, events: Sequence[Event]) -> Handed:
    """Go through a run's events in their order: what is handed in is there for all who begin later."""
    found, request = Handed(), len(run.plan.request.encode())
    reports, late, known = dict[str, int](), dict[str, int](), set[tuple[str, int]]()
    for one in events:
        match one["event"]:
            case "task_started":
                known |= _started(found, run, one, reports, request)
            case "result" if one.get("late"):
                late[one["task"]] = _bytes(one)
            case "result":
                reports[one["task"]] = _bytes(one)
                if (one["task"], one["attempt"]) in known:
                    found.inline.session += _bytes(one)
                    found.by_files.session += len(f"{one['task']} {one['status']}".encode())
            case "result_accepted":
                reports[one["task"]] = late.get(one["task"], 0)
    found.inline.session += request
    found.by_files.session += request + _skill() + budget.spent(run) + _size(run.synthesis)
    return found


def _started(found: Handed, run: Run, one: Event, reports: Mapping[str, int], request: int) -> set[tuple[str, int]]:
    """Count what one attempt was given, and return it if that is known; of a task the last prompt is kept."""
    task = one["task"]
    prompt = _size(run.prompt(task))
    if not prompt:
        found.unknown += 1
        return set()
    wanted = {*run.plan.depends_on.get(task, ()), task}
    found.attempts += 1
    found.by_files.agents += prompt + sum(size for name, size in reports.items() if name in wanted)
    found.inline.agents += request + sum(reports.values())
    return {(task, one["attempt"])}


def _bytes(one: Event) -> int:
    """Return the size of a report, which has to be one."""
    size = one["bytes"]
    if type(size) is not int or size < 0:
        raise ValueError(f"{size!r} is not the size of a report")
    return size


def _skill() -> int:
    """Return the bytes of the skill, as it is before it is rendered."""
    return sum(_size(places.pack_root() / name) for name in SKILL)


def _size(path: Path) -> int:
    """Return a file's bytes, 0 where it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
