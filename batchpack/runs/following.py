"""What comes next in a run, as lines to print: the calls to make now and the one command to give then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from batchpack import places
from batchpack.host import Host, call_line
from batchpack.runs import wording
from batchpack.runs.batches import TRIES
from batchpack.runs.prompts import Job
from batchpack.runs.state import State
from batchpack.runs.store import Run
from batchpack.values import AgentCall

FindHost = Callable[[str], Host]


def lines(run: Run, state: State, jobs: Sequence[Job], find_host: FindHost) -> list[str]:
    """Say the calls to make, if any, and the next command; nothing when the run is complete."""
    called = wording.calls(_calls(run, jobs, find_host)) if jobs else []
    words = command_words(run, state)
    return [*called, *(wording.step("Then", *words) if words else [])]


def command_words(run: Run, state: State) -> tuple[str, ...]:
    """Return the words of the next command: start or finish the next batch, else synthesize; () when complete."""
    fence = wording.fenced(state.fence)
    batch = state.next_batch()
    if batch is None:
        return () if state.complete() else ("synthesize", run.short, *fence)
    act = "start" if batch.state == "planned" else "finish"
    tried = any(task.tries >= TRIES and not task.settled for task in state.of(batch))
    onwards = ("--next",) if act == "finish" else ()
    return ("batch", act, run.short, str(batch.number), *(("--final",) if tried else ()), *onwards, *fence)


def _calls(run: Run, jobs: Sequence[Job], find_host: FindHost) -> list[str]:
    """Write the calls in the words of the run's host, or for any host when it has none."""
    roles = [job.task.name for job in jobs]
    told = {role: f"Follow {run.shown(run.told_prompt(role), Path.cwd())}" for role in roles}
    if run.facts.host is None:
        return [call_line("agent", {"name": role, "prompt": told[role]}) for role in roles]
    host = find_host(run.facts.host)
    names = host.agent_names(roles, run.facts.tree, places.home())
    return host.agent_calls([AgentCall(names.get(role, role), role, told[role]) for role in roles])
