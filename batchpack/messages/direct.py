"""Direct mode: a job's requests sent one by one, side by side; in the end its files are those of a batch."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from batchpack.messages import collect, intake, outcomes, spool
from batchpack.messages.asking import PATIENCE, Asker, Paused, errored
from batchpack.messages.doubts import Which, hanging
from batchpack.messages.gate import Closed, Gate
from batchpack.messages.job import Job
from batchpack.messages.journal import Event
from batchpack.messages.parts import Part
from batchpack.messages.standing import collected
from batchpack.messages.state import Shard
from batchpack.provider import Client

TICK = 0.1
"""Seconds between two looks at the threads."""
LEFT = "it was being answered when the run ended; it may have been paid"


@dataclass
class Progress:
    """How far a run is, true at any moment: `done` of `total` have a result, `before` of them from earlier runs."""

    total: int
    before: int
    done: int = 0
    failed: int = 0
    gate: Gate | None = None
    started: float = field(default_factory=time.monotonic)

    def seconds_left(self) -> float | None:
        """Return the seconds that the rest will take at the pace of what this run has finished; None before that."""
        finished = self.done - self.before
        return (time.monotonic() - self.started) / finished * (self.total - self.done) if finished else None


class Open(NamedTuple):
    """A shard that is not finished, with the results that are there."""

    shard: Shard
    part: Part


class Task(NamedTuple):
    """A request to send and the place for its result."""

    part: Part
    which: Which
    params: dict[str, Any]


def opened(job: Job) -> list[Open]:
    """Return the shards whose files do not have a standing result for each request, after checking their bodies.

    What an earlier run learned, be it killed or ended early, is in the parts.
    """
    state = job.state()
    done = collected(state)
    return [opened_shard(job, shard) for shard in state.shards() if _is_open(done.get((shard.round, shard.number)))]


def _is_open(event: Event | None) -> bool:
    """Tell whether a shard was never closed, or with results that may be asked for again."""
    return event is None or any(outcomes.remedy(kind) == "free" for kind in event["kinds"])


def opened_shard(job: Job, shard: Shard) -> Open:
    """Return one shard with its results; raises BrokenFile when its requests are not as they were written."""
    if shard.sha256:
        spool.verify(job, shard)
    return Open(
        shard, Part(part_path(job, shard), f"{job.facts.nonce}-r{shard.round}-s{shard.number}-", shard.requests)
    )


def part_path(job: Job, shard: Shard) -> Path:
    """Return the path of a shard's results while they come in."""
    return job.results(shard.name).with_suffix(".part")


def run(
    job: Job,
    client: Client,
    *,
    most: int,
    patience: float = PATIENCE,
    watch: Callable[[Progress], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Paused | None:
    """Send what has no result yet, at most `most` at a time, then finish the shards; the caller holds the job.

    Returns what made it pause, if something did. An interrupt ends it the same way and is raised again; requests
    that are being answered then are waited for, until a second one. Killed, it goes on where it was.
    """
    shards = opened(job)
    settle(job, shards)
    crew = Crew(job, client, Gate(most), shards, patience)
    try:
        crew.work(_tasks(job, shards), most, watch, tell)
    except Paused as error:
        finish(job, shards)
        pause(job, error)
        return error
    except KeyboardInterrupt:
        finish(job, shards)
        raise
    finish(job, shards)
    return None


def pause(job: Job, error: Paused) -> None:
    """Note that a job stands still, and how it goes on."""
    reason = error.message.removeprefix("paused: ")
    job.record("paused", reason=reason, hint=f"{error.hint}; then run: batchpack messages {job.way}")


def settle(job: Job, shards: Sequence[Open]) -> None:
    """Journal the answers that a killed run wrote down without coming to say so."""
    there = {(one.shard.round, one.shard.number, slot) for one in shards for slot in one.part.done}
    for round_, shard, index in sorted(hanging(job.state().events) & there):
        job.record("answered", round=round_, shard=shard, index=index, how="found")


def _tasks(job: Job, shards: Sequence[Open]) -> Iterator[Task]:
    """Yield the requests without a result, in their order."""
    for shard, part in shards:
        for slot, request in enumerate(spool.requests(job, shard)):
            if slot not in part.done:
                yield Task(part, (shard.round, shard.number, slot), json.loads(request.params))


class Crew:
    """The threads of a run: each takes the next request, asks, and writes the result down before it takes another."""

    def __init__(self, job: Job, client: Client, gate: Gate, shards: Sequence[Open], patience: float) -> None:
        self.job, self.gate = job, gate
        self.asker = Asker(client, gate, self._note, patience=patience)
        done = sum(len(one.part.done) for one in shards)
        self.progress = Progress(sum(one.shard.requests for one in shards), done, done, gate=gate)
        self._writing, self._taking, self._failure = threading.Lock(), threading.Lock(), list[BaseException]()

    def work(
        self, tasks: Iterator[Task], most: int, watch: Callable[[Progress], None], tell: Callable[[str], None]
    ) -> None:
        """Let threads do all tasks; raises what stopped one of them, after all have ended."""
        open_ = self.progress.total - self.progress.done
        ends = [threading.Event() for _ in range(min(most, open_))]
        for end in ends:
            threading.Thread(target=self._serve, args=(tasks, end), daemon=True).start()
        try:
            self._wait(ends, watch)
        except KeyboardInterrupt:
            self.gate.close()
            tell("waiting for what is being answered, which is billed; interrupt again to leave it")
            self._wait(ends, watch)
            raise
        if self._failure:
            raise self._failure[0]

    def _wait(self, ends: Iterable[threading.Event], watch: Callable[[Progress], None]) -> None:
        """Wait for the threads' ends, showing how far they are.

        Not by joining them: a thread joined when an interrupt comes counts as ended from then on, before Python 3.13.
        """
        for end in ends:
            while not end.wait(TICK):
                watch(self.progress)
            watch(self.progress)

    def _serve(self, tasks: Iterator[Task], end: threading.Event) -> None:
        """Do one task after another; the first failure closes the gate for all."""
        try:
            while (task := self._next(tasks)) is not None:
                self._do(task)
        except Closed:
            return
        except BaseException as error:
            self._failure.append(error)
            self.gate.close()
        finally:
            end.set()

    def _next(self, tasks: Iterator[Task]) -> Task | None:
        """Take the next task; the iterator reads files and serves one at a time."""
        with self._taking:
            return next(tasks, None)

    def _do(self, task: Task) -> None:
        """Ask for one answer and write it down: the result first, then that it is there."""
        round_, shard, index = task.which
        result = self.asker.ask(task.params, round=round_, shard=shard, index=index)
        task.part.add(index, result)
        succeeded = result["type"] == "succeeded"
        if succeeded:
            self._note("answered", round=round_, shard=shard, index=index, how="message")
        with self._writing:
            self.progress.done += 1
            self.progress.failed += not succeeded

    def _note(self, event: str, **facts: object) -> None:
        """Write an event; one at a time, since a journal's lines must not mix."""
        with self._writing:
            self.job.record(event, **facts)


def finish(job: Job, shards: Sequence[Open]) -> None:
    """Give the shards the files that those of a batch have.

    What was not asked is there as canceled, what was left hanging as lost; both are asked in the next run.
    """
    left, read = hanging(job.state().events), collect.reader(job)
    for shard, part in shards:
        slots = {index for round_, number, index in left if (round_, number) == (shard.round, shard.number)}
        lines = part.lines({"type": "canceled"}, errored("timeout_error", LEFT), slots)
        items, kept = collect.items_of(job, shard), collect.records_path(job, shard.name)
        taken = intake.take_in(lines, items, job.results(shard.name), kept, read)
        job.record("collected", round=shard.round, shard=shard.number, **taken.to_json())
