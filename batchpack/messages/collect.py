"""Fetching what has ended: each shard's results are downloaded once, checked, kept raw and as records."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import read_text
from batchpack.messages import drafts, intake, records, schema
from batchpack.messages.answers import Reader, by_model, by_schema, plain
from batchpack.messages.intake import BrokenResults, ForeignResults, Items, Taken
from batchpack.messages.job import ROOT, Job
from batchpack.messages.outcomes import LOST
from batchpack.messages.patience import Tell, patiently
from batchpack.messages.standing import collected
from batchpack.messages.state import Shard, State
from batchpack.provider import BatchFacts, Client, Refused

TRIES = 6
"""How often something is asked for before giving up: about half a minute."""
GONE = frozenset({404, 410})


Connect = Callable[[], Client]
Patient = Callable[[Callable[[], Taken]], Taken]


class Uncollectable(BatchpackError):
    """Results that the service does not hand out whole, however often it is asked."""


def records_path(job: Job, shard: str) -> Path:
    """Return the path of a shard's records, in the order of its items; the file is complete or absent."""
    return job.folder / "results" / f"{shard}.records.jsonl"


def items_of(job: Job, shard: Shard) -> Items:
    """Return the items of a shard; raises BrokenFile when they are not as many as were sent."""
    path = job.keys(shard.name)
    indices, keys = array("Q"), list[str]()
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            for line in stream:
                number, _, key = line.rstrip("\n").partition("\t")
                indices.append(int(number))
                keys.append(key)
    except (OSError, ValueError) as error:
        raise BrokenFile(path, f"it does not say which items were sent: {error}") from error
    if len(keys) != shard.requests:
        raise BrokenFile(path, f"it holds {len(keys)} items, {shard.requests} were sent")
    return Items(f"{job.facts.nonce}-r{shard.round}-s{shard.number}", keys, indices)


def reader(job: Job) -> Reader:
    """Return what reads this job's answers: text without a schema, else values that fit the schema or the model."""
    word = job.facts.schema_source
    if word is None:
        return plain
    if ":" in word and not word.endswith(".json"):
        return by_model(schema.model(word, project_of(job)))
    return by_schema(json.loads(read_text(job.schema)))


def project_of(job: Job) -> Path:
    """Return the project that a job belongs to."""
    return job.folder.parents[len(ROOT.parts)]


def look(job: Job, client: Client, state: State, tell: Tell, tries: int = TRIES) -> list[BatchFacts]:
    """Ask how the batches stand that had not ended; those that have ended by now are recorded as that."""
    found = []
    for shard in state.shards():
        if shard.batch is None or shard.ended:
            continue
        facts = patiently(partial(client.retrieve, shard.batch), tries, tell)
        found.append(facts)
        if facts.status == "ended":
            counts = {name: getattr(facts.counts, name) for name in ("succeeded", "errored", "canceled", "expired")}
            ended = facts.ended_at.isoformat() if facts.ended_at else None
            job.record("ended", batch=facts.id, counts=counts, ended_at=ended)
    return found


def fetch(
    job: Job, client: Connect, tell: Tell, tries: int = TRIES, arrived: Callable[[], None] = lambda: None
) -> State:
    """Download every shard that has ended and does not lie on disk as it was collected; returns the new state.

    `arrived` is called after each that came.

    The caller holds the job; `client` is called when the service is needed. What was fetched before an error stays.
    Raises Uncollectable, Unwritable, Refused or Unknown.
    """
    drafts.sweep(job.folder / "results")
    state, read = job.state(), reader(job)
    done = collected(state)
    for shard in [shard for shard in state.shards() if shard.ended]:
        event = done.get((shard.round, shard.number))
        if event is None or not _mended(job, shard, event, read, tell):
            _download(job, client(), shard, read, partial(patiently, tries=tries, tell=tell))
            arrived()
    return job.state()


def needs_service(job: Job, state: State) -> bool:
    """Tell whether not everything lies on disk as it was collected."""
    done = collected(state)
    return any(
        not shard.collected or _damaged(job.results(shard.name), done[shard.round, shard.number])
        for shard in state.shards()
        if shard.batch
    )


def _damaged(raw: Path, event: Mapping[str, Any]) -> bool:
    """Tell whether a collected shard's raw results are not as they came; those that are lost cannot be."""
    return not event.get("lost") and _hash(raw) != event["sha256"]


def _mended(job: Job, shard: Shard, event: Mapping[str, Any], read: Reader, tell: Tell) -> bool:
    """Tell whether a shard lies there as it was collected; records are made anew from raw results that do."""
    raw, sorted_records = job.results(shard.name), records_path(job, shard.name)
    whole = bool(_hash(sorted_records) == event["records_sha256"])
    if event.get("lost"):
        return whole
    if _damaged(raw, event):
        tell(f"{_shown(raw)} is not as it was collected; fetching it again")
        return False
    if not whole:
        tell(f"{_shown(sorted_records)} is not as it was made; making it anew")
        taken = intake.take_again(raw, items_of(job, shard), sorted_records, read)
        _note(job, shard, {**taken.to_json(), "sha256": event["sha256"]})
    return True


def _note(job: Job, shard: Shard, facts: Mapping[str, Any]) -> None:
    """Write into the journal that a shard's results lie on disk."""
    job.record("collected", round=shard.round, shard=shard.number, **facts)


def _download(job: Job, client: Client, shard: Shard, read: Reader, patient: Patient) -> None:
    """Fetch one shard's results, from the beginning after each cut, and write into the journal that they are there."""
    items, batch = items_of(job, shard), shard.batch or ""
    raw, sorted_records = job.results(shard.name), records_path(job, shard.name)
    try:
        taken = patient(lambda: intake.take_in(client.results(batch), items, raw, sorted_records, read))
    except ForeignResults as error:
        _not_ours(job, shard, error)
    except BrokenResults as error:
        raise Uncollectable(
            f"the results of {batch} did not come whole, however often they were asked for: {error}",
            f"the service keeps them; run the command again later: batchpack messages results {job.id}",
        ) from error
    except Refused as error:
        if error.status not in GONE:
            raise
        _gone(job, shard, items, error, kept=partial(_kept, client, batch))
    else:
        if shard.how == "provisional" and not shard.confirmed:
            job.record("confirmed", round=shard.round, shard=shard.number)
        _note(job, shard, taken.to_json())


def _kept(client: Client, batch: str) -> bool:
    """Tell whether the service says that it still has the results of a batch, or that it never had such a batch."""
    return client.retrieve(batch).archived_at is None


def _not_ours(job: Job, shard: Shard, error: ForeignResults) -> None:
    """Give a batch back that was taken for ours by its size; one that is ours for certain holds what it must not."""
    if shard.how == "provisional" and not shard.confirmed:
        job.record("foreign", batch=shard.batch)
        return
    raise Uncollectable(
        f"the results of {shard.batch} are not those of this job: {error}",
        "check that the service, its address and the key are those that the job was sent with",
    ) from error


def _gone(job: Job, shard: Shard, items: Items, error: Refused, *, kept: Callable[[], bool]) -> None:
    """Settle a shard whose results the service has thrown away: its items are lost, which is told and not hidden."""
    if kept():
        raise error
    if shard.collected:
        raise Uncollectable(
            f"{_shown(job.results(shard.name))} was changed after it was collected, and the service keeps it no more",
            "put the file back as it was; nothing was overwritten",
        ) from error
    told = "the service keeps its result no more; if it was answered, that was paid for"
    made = (records.failure(i, key, LOST, told) for i, key in zip(items.indices, items.keys, strict=True))
    hashed = intake.write_records(records_path(job, shard.name), (line for _, line in made))
    facts = {"rows": 0, "sha256": "", "records_sha256": hashed, "kinds": {LOST: shard.requests}, "usage": []}
    _note(job, shard, {**facts, "lost": True})


def _shown(path: Path) -> str:
    """Return the path of a job's file as it is told: from the folder of jobs on."""
    return "/".join(path.parts[-3:])


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file, or an empty text where there is none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
