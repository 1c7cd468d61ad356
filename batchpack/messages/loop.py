"""Loop mode: items in their order, one after another; the request of each may build on the answers before it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import append_line, read_text, write_atomic
from batchpack.messages import collect, direct, records
from batchpack.messages.answers import Reader
from batchpack.messages.asking import PATIENCE, Asker, Paused, Result, errored
from batchpack.messages.begin import Draft, Order
from batchpack.messages.costs import Tally
from batchpack.messages.direct import Open, Progress
from batchpack.messages.gate import Gate
from batchpack.messages.items import STDIN, BadItem, Item, Source
from batchpack.messages.job import Job
from batchpack.messages.requests import Template, Writer
from batchpack.messages.spool import HEAD, key_of
from batchpack.provider import Client

PREVIOUS, ANSWERS = "previous", "answers"
"""What a template finds beside an item's own fields: the answer before (None for the first), and all by their keys."""


TEMPLATE = "template.j2"
"""The template as it was at the beginning, for going on."""


class Later:
    """Stands for an answer that is not there yet, when templates are tried out: any use of it is fine."""

    def __getattr__(self, name: str) -> Later:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: object) -> Later:
        return self

    def __iter__(self) -> Iterator[Later]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""


class Stopped(BatchpackError):
    """An item came back without an answer, and those after it may need it."""


def write(order: Order, folder: Path) -> Draft:
    """Write the keys of all items, and try the template on each with answers that are still to come.

    A field that is missing is told before anything is sent; what a template does with answers shows only later.
    """
    draft = Draft(folder, os.urandom(4).hex())
    write_atomic(folder / TEMPLATE, order.writer.template.source)
    spool = folder / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    (spool / "1-1.json").write_bytes(HEAD)
    with (spool / "1-1.keys").open("wb") as keys:
        for item in order.source.read():
            draft.sample.add(_tried(order.writer, item))
            keys.write(f"{item.number}\t{key_of(item.key)}\n".encode())
        keys.flush()
        os.fsync(keys.fileno())
    draft.shards = [{"shard": 1, "requests": draft.sample.count, "bytes": draft.sample.bytes, "sha256": ""}]
    return draft


def _tried(writer: Writer, item: Item) -> bytes:
    """Return a request as it may look; raises BadItem for a field that neither the item nor a loop has."""
    twice = {PREVIOUS, ANSWERS} & set(item.fields)
    if twice:
        raise BadItem(item, f"its field {min(twice)!r} has the name of what a loop provides", "rename it")
    try:
        return _params(writer, item, None if item.number == 0 else Later(), Later())
    except BadItem as error:
        if isinstance(error.__cause__, BrokenFile) or item.number == 0:
            raise
        return json.dumps(dict(writer.shared)).encode()  # it does with answers what only a real one allows


def _params(writer: Writer, item: Item, previous: object, answers: object) -> bytes:
    """Return the parameters of an item's request; a writer of its own, since equal prompts are nothing bad here."""
    fields = {**item.fields, PREVIOUS: previous, ANSWERS: answers}
    return Writer(writer.template, writer.shared).params(item._replace(fields=fields))


def order_of(job: Job) -> tuple[Source, Writer]:
    """Return the items and the template of a job that is gone on with; raises BatchpackError for items that changed."""
    told = job.facts.items
    words, file = tuple(told["words"]), job.folder / "items.jsonl"
    source = Source(
        words, told["kind"], Path(told["base"]), told["key"], allow_duplicates=True,
        file=file if words == (STDIN,) else None,
    )  # fmt: skip
    if source.fingerprint() != told["sha256"]:
        raise BatchpackError(f"{told['source']} is not what job {job.id} was begun with", "put it back as it was")
    path = job.facts.template["path"]
    template = Template(read_text(job.folder / TEMPLATE), Path(path) if path else None)
    return source, Writer(template, job.facts.params)


def run(
    job: Job,
    client: Client,
    source: Source,
    writer: Writer,
    *,
    keep_going: bool = False,
    patience: float = PATIENCE,
    watch: Callable[[Progress], None] = lambda _: None,
) -> BatchpackError | None:
    """Send the items that have no answer yet, in their order; the caller holds the job.

    Returns what stopped it: Paused, or Stopped at the first item without an answer unless it is to keep going.
    """
    shard = direct.opened_shard(job, next(job.state().shards()))
    direct.settle(job, [shard])
    asker = Asker(client, Gate(1), job.record, patience=patience)
    chain = _Chain(job, shard, source, writer, asker)
    stopped: BatchpackError | None = None
    try:
        chain.follow(watch, keep_going=keep_going)
    except Paused as error:
        direct.pause(job, error)
        stopped = error
    except Stopped as error:
        stopped = error
    finally:
        direct.finish(job, [shard])
    return stopped


class _Chain:
    """The items of a loop and the answers that are there."""

    def __init__(self, job: Job, shard: Open, source: Source, writer: Writer, asker: Asker) -> None:
        self.job, self.shard, self.part = job, shard.shard, shard.part
        self.source, self.writer, self.asker = source, writer, asker
        self.read: Reader = collect.reader(job)
        self.known: dict[int, Result] = {slot: result for slot, result in self.part.results() if slot in self.part.done}
        self.answers: dict[str | int, Any] = {}
        self.previous: Any = None
        self.progress = Progress(self.shard.requests, len(self.known), len(self.known))

    def follow(self, watch: Callable[[Progress], None], *, keep_going: bool) -> None:
        """Take one item after another; raises Stopped and Paused."""
        for item in self.source.read():
            result = self.known.get(item.number) or self._ask(item, keep_going=keep_going)
            kind, answer, reason = self._answer(item, result)
            watch(self.progress)
            if kind == records.ANSWERED:
                self.answers[item.key] = answer
            elif not keep_going:
                raise Stopped(
                    f"stopped at item {item.number} (key {item.key!r}): {kind}, {reason}",
                    "those after it may need its answer; to go on without it, add --keep-going",
                )
            self.previous = answer

    def _ask(self, item: Item, *, keep_going: bool) -> Result:
        """Ask for an item's answer and write it down; a template that fails on an answer costs its item nothing."""
        which = {"round": self.shard.round, "shard": self.shard.number, "index": item.number}
        try:
            params = _params(self.writer, item, self.previous, self.answers)
        except BadItem as error:
            if not keep_going:
                raise Stopped(f"stopped: {error.message}", "mend the template and begin a new job") from error
            result = errored("invalid_request_error", error.message)
        else:
            line = b'{"custom_id":"%s%d","params":%s},' % (self.part.prefix.encode(), item.number, params)
            append_line(self.job.body(self.shard.name), line.decode())
            result = self.asker.ask(json.loads(params), **which)
        self.part.add(item.number, result)
        if result["type"] == "succeeded":
            self.job.record("answered", **which, how="message")
        self.progress.done += 1
        self.progress.failed += result["type"] != "succeeded"
        return result

    def _answer(self, item: Item, result: Result) -> tuple[str, Any, str]:
        """Return the kind, the answer and the reason of an item's result."""
        kind, line = records.of_result(item.number, key_of(item.key), result, self.read, Tally())
        found = json.loads(line)
        return kind, found.get("answer"), str(found.get("reason", ""))
