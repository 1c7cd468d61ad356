"""Runs made without the planner, with as many tasks as a test wants, and driven within this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from batchpack import places
from batchpack.runs import batches, results, resume, start, synthesis
from batchpack.runs.envelope import Refused, check
from batchpack.runs.facts import Role
from batchpack.runs.state import State
from batchpack.runs.store import Run
from tests.support.project import Project

REQUEST = "Do many things"


def plan(
    layers: Sequence[Sequence[str]], depends_on: Mapping[str, Sequence[str]], request: str = REQUEST
) -> dict[str, object]:
    """Return a plan's JSON with the keys that runs need."""
    return {
        "description": request,
        "hash": "0" * 64,
        "batches": [{"number": number, "tasks": list(names)} for number, names in enumerate(layers, 1)],
        "depends_on": {name: list(others) for name, others in depends_on.items()},
    }


def make_run(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    layers: Sequence[Sequence[str]],
    *,
    depends_on: Mapping[str, Sequence[str]] | None = None,
    edits: bool = False,
    place: str = ".batchpack",
    request: str = REQUEST,
    host: str | None = None,
) -> Run:
    """Start a run in a project with a HOME of its own."""
    monkeypatch.setenv("HOME", str(project.home))
    roles = {name: Role(f"the part of {name}", edits) for layer in layers for name in layer}
    facts = plan(layers, depends_on or {}, request)
    return start.create(facts, roles, project=project.folder, tree=project.folder, host=host, place=place)


def roots() -> tuple[Path, ...]:
    """Return the pack's own content."""
    return (places.pack_root(),)


def put(run: Run, task: str, *, status: str = "DONE", report: str = "a report", attempt: int | None = None) -> object:
    """Hand in a result."""
    said = {"status": status, "summary": f"{task} says {status}"}
    return results.put(run, task, check(task, said), report.encode(), attempt)


def drive(run: Run) -> State:
    """Take a run over and bring it to its end with agents that succeed."""
    state = resume.resume(run, roots(), retry_failed=False).state
    while (batch := state.next_batch()) is not None:
        if batch.state == "planned":
            batches.start(run, batch.number, state.fence, roots())
        for task in state.of(batch):
            if not run.state().tasks[task.name].settled:
                put(run, task.name)
        state = batches.finish(run, batch.number, state.fence, roots(), final=False).state
    return synthesis.write(run, state.fence, partial=False)


def begun(project: Project, monkeypatch: pytest.MonkeyPatch, *, edits: bool = True) -> Run:
    """Start a run of two tasks in one batch, and its batch."""
    run = make_run(project, monkeypatch, [("one", "two")], edits=edits)
    batches.start(run, 1, 1, roots())
    return run


def take(run: Run, task: str = "one", *, report: bytes = b"a report", **said: object) -> results.Taken:
    """Hand in a result that is fine but for what is given."""
    words: dict[str, object] = {"status": "DONE", "summary": "it is done", **said}
    return results.put(run, task, check(task, words), report, None)


def refusal(run: Run, task: str = "one", *, report: bytes = b"a report", **said: object) -> str:
    """Return why a result is refused, having seen that nothing was recorded."""
    before = run.journal.read_bytes()
    with pytest.raises(Refused) as caught:
        take(run, task, report=report, **said)
    assert before == run.journal.read_bytes()
    assert not run.report(task).exists()
    return caught.value.message


def finished(project: Project, monkeypatch: pytest.MonkeyPatch, number: int, report: str, request: str = "Do") -> Run:
    """Make a run of that many tasks, all done with the same report."""
    run = make_run(project, monkeypatch, [tuple(f"task-{n}" for n in range(number))], request=request)
    batches.start(run, 1, 1, roots())
    for task in run.facts.roles:
        put(run, task, report=report)
    batches.finish(run, 1, 1, roots(), final=False)
    return run
