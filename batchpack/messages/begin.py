"""The beginning of a job: every request is written and looked at before the first one is sent."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchpack import clock
from batchpack.errors import BatchpackError, UsageError
from batchpack.files import keep_from_git, locked, write_atomic
from batchpack.messages import job as jobs
from batchpack.messages.items import Source
from batchpack.messages.job import Facts, Job
from batchpack.messages.requests import Writer
from batchpack.messages.sample import Sample
from batchpack.messages.schema import Schema
from batchpack.messages.spool import Bounds, Request, Spool, key_of
from batchpack.provider import Client, Provider, Refused

SHARD_SIZE = 10_000
"""Progress is only told by whole batches, and answers come with them: ten thousand keep both coming."""


@dataclass(frozen=True)
class Order:
    """What a person wants sent: to whom, which items, written how, in shards of what size."""

    provider: Provider
    source: Source
    writer: Writer
    schema: Schema | None = None
    shard_size: int = SHARD_SIZE
    canary: bool = True
    mode: str = "batch"

    @property
    def bounds(self) -> Bounds:
        """Return what a shard may hold: what was asked for, within the service's limits."""
        limits = self.provider.LIMITS
        return Bounds(min(self.shard_size, limits.requests), limits.bytes)


@dataclass
class Draft:
    """A round that lies ready in a folder: the facts of its shards, and some of its requests."""

    folder: Path
    nonce: str
    shards: list[dict[str, Any]] = field(default_factory=list)
    sample: Sample = field(default_factory=Sample)

    @property
    def requests(self) -> int:
        """Count the requests."""
        return sum(int(row["requests"]) for row in self.shards)

    @property
    def bytes(self) -> int:
        """Return the size of all bodies."""
        return sum(int(row["bytes"]) for row in self.shards)


class SameAgain(BatchpackError):
    """A job with the same items, template and parameters exists."""

    def __init__(self, job: Job) -> None:
        super().__init__(
            f"job {job.id} asks the same of the same items, and would be paid again",
            f"go on with it: batchpack messages {job.way}; to pay for all of it anew, add --again",
        )


def parameters(order: Provider, shared: Mapping[str, Any], schema: Schema | None) -> dict[str, Any]:
    """Return the parameters of all requests with those of the schema; raises UsageError for what would be refused."""
    asked = {**shared, **(order.answer_schema(schema.json) if schema else {})}
    wrong = order.check(asked)
    if wrong:
        raise UsageError(f"the service would refuse every request: {'; '.join(wrong)}", "nothing was sent")
    return asked


def write(order: Order, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Draft:
    """Write the first round into a folder; raises BadItem and others before anything could be sent."""
    draft = Draft(folder, os.urandom(4).hex())
    spool = Spool(folder / "spool", draft.nonce, 1, order.bounds, canary=order.canary)
    try:
        for item in order.source.read():
            params = order.writer.params(item)
            draft.sample.add(params)
            spool.add(Request(item.number, key_of(item.key), params))
            if item.number and item.number % 100_000 == 0:
                tell(f"{item.number:,} requests written")
        draft.shards = spool.close()
    except BaseException:
        spool.abandon()
        raise
    return draft


@contextmanager
def opened(project: Path, name: str | None) -> Iterator[Path]:
    """Hold a new job's folder; it is gone again at the end if it has not become a job."""
    folder = project / jobs.ROOT / (jobs.check_name(name) if name else jobs.new_id())
    with ExitStack() as stack:
        stack.enter_context(locked(folder / ".lock", f"job {folder.name}", wait=0.3))
        if (folder / "job.json").exists():
            raise BatchpackError(f"there is a job {folder.name} already", "run the command again")
        keep_from_git(project / jobs.ROOT.parts[0])
        shutil.rmtree(folder / "spool", ignore_errors=True)
        try:
            yield folder
        finally:
            if not (folder / "job.json").exists():
                shutil.rmtree(folder, ignore_errors=True)


def existing(order: Order, project: Path, name: str | None) -> Job | None:
    """Return the job that an order would repeat: the one of that name, else one that asks the same.

    Raises BatchpackError for one of that name that asks something else, with what differs.
    """
    found = jobs.of_project(project)
    if not found:
        return None
    source, template, shared = order.source.fingerprint(), order.writer.template.sha256, dict(order.writer.shared)
    named = next((job for job in found if job.id == name), None)
    if named is not None:
        differ = changes(named.facts, source, template, shared)
        if named.facts.mode != order.mode:
            differ.append(f"it was begun as {named.facts.mode}, now {order.mode}")
        if differ:
            raise BatchpackError(
                f"job {named.id} was begun with other things: {'; '.join(differ)}",
                "put them back to go on with it, or choose another --name",
            )
        return named
    same = jobs.identity(source, template, shared, order.mode)
    return next((job for job in found if job.facts.identity == same), None)


def changes(facts: Facts, items: str, template: str, params: Mapping[str, Any]) -> list[str]:
    """Return what differs from what a job was begun with, one phrase each."""
    differ = [f"{facts.items['source']} has changed"] if facts.items["sha256"] != items else []
    differ += [f"{facts.template['path'] or '--prompt'} has changed"] if facts.template["sha256"] != template else []
    names = [name for name in {**facts.params, **params} if facts.params.get(name) != params.get(name)]
    return differ + [f"{name} was {_short(facts.params.get(name))}, now {_short(params.get(name))}" for name in names]


def _short(value: object) -> str:
    """Return a value in a few words."""
    text = "not there" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def register(order: Order, draft: Draft, client: Client, *, again: bool = False) -> Job:
    """Make a job of a draft; raises SameAgain where another asks the same. From then on it may be sent."""
    facts = _facts(order, draft, client)
    root = draft.folder.parent
    with locked(root / ".lock", "the list of jobs"):
        if not again:
            for other in jobs.of_project(root.parent.parent):
                if other.facts.identity == facts.identity:
                    raise SameAgain(other)
        if order.schema is not None:
            write_atomic(draft.folder / "schema.json", json.dumps(order.schema.json, indent=2) + "\n")
        return jobs.write(draft.folder, facts, draft.shards, canary=order.canary and draft.requests > 1)


def _facts(order: Order, draft: Draft, client: Client) -> Facts:
    """Return what is settled now."""
    source, template = order.source, order.writer.template
    return Facts(
        job=draft.folder.name,
        created=clock.now(),
        provider=order.provider.NAME,
        account=client.account,
        base_url=client.base_url,
        nonce=draft.nonce,
        items={
            "kind": source.kind,
            "source": source.word,
            "words": list(source.words),
            "base": str(source.base),
            "sha256": source.sha256,
            "count": source.count,
            "key": source.key,
        },
        template={"path": str(template.path) if template.path else None, "sha256": template.sha256},
        params=dict(order.writer.shared),
        schema_source=order.schema.word if order.schema else None,
        shard_size=order.shard_size,
        mode=order.mode,
    )


def try_out(client: Client, draft: Draft) -> str:
    """Let the service look at one request free of charge; raises BatchpackError for one that it does not take.

    Returns a sentence when it could not look.
    """
    try:
        client.count_tokens(json.loads(draft.sample.first))
    except Refused as error:
        if error.status in (405, 429, 501) or (error.status == 404 and "model" not in error.said):
            return f"the request could not be tried out first: {error.message}"
        raise BatchpackError(error.message, error.hint or "nothing was sent; mend what it says") from error
    return ""
