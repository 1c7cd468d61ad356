"""Jobs on disk without a service: rounds are spooled as in earnest, results are taken in from lines made here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from batchpack.messages import collect, intake
from batchpack.messages.job import Facts, Job, write
from batchpack.messages.spool import Bounds, Request, Spool
from batchpack.messages.state import Shard

NONCE = "abc"
MODEL = "claude-haiku-4-5"
USAGE = {"input_tokens": 10, "output_tokens": 5, "service_tier": "batch"}


def make(folder: Path, count: int, size: int = 1000, *, schema: Mapping[str, Any] | None = None) -> Job:
    """Make a job of some items, sent in shards of about that size and not collected yet."""
    rows = Spool(folder / "spool", NONCE, 1, Bounds(size, 10_000_000))
    for number in range(count):
        params = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": f"text {number}"}]}
        rows.add(Request(number, json.dumps(f"key-{number}"), json.dumps(params).encode()))
    items = {"kind": "jsonl", "source": "items.jsonl", "sha256": "0", "count": count, "key": "id"}
    facts = Facts(
        folder.name, "2026-11-21T00:00:00.000Z", "anthropic", "0", "http://x", NONCE, items,
        {"path": "t", "sha256": "0"},
        {"model": MODEL, "max_tokens": 9}, "answer.json" if schema is not None else None, size,
    )  # fmt: skip
    shards = rows.close()
    if schema is not None:
        (folder / "schema.json").write_text(json.dumps(schema))
    job = write(folder, facts, shards)
    send(job)
    return job


def send(job: Job) -> None:
    """Let every shard that is not sent be accepted."""
    for shard in job.state().unsent:
        job.record("intent", round=shard.round, shard=shard.number)
        job.record("created", round=shard.round, shard=shard.number, batch=f"b-{shard.name}", how="direct")


def answered(text: str, *, stop: str = "end_turn", model: str = MODEL, **usage: Any) -> dict[str, Any]:
    """Return the result of a request that was answered."""
    message = {"model": model, "stop_reason": stop, "content": [{"type": "text", "text": text}]}
    return {"type": "succeeded", "message": {**message, "usage": {**USAGE, **usage}}}


def errored(kind: str, said: str = "said") -> dict[str, Any]:
    """Return the result of a request that failed."""
    return {"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": said}}}


def line(shard: Shard, slot: int, result: Mapping[str, Any]) -> bytes:
    """Return a line of results."""
    told = {"custom_id": f"{NONCE}-r{shard.round}-s{shard.number}-{slot}", "result": result}
    return json.dumps(told, separators=(",", ":")).encode()


def lines(job: Job, shard: Shard, special: Mapping[int, Mapping[str, Any]]) -> Iterable[bytes]:
    """Yield a shard's lines, the last item first; items of `special`, by number, have that result."""
    numbers = collect.items_of(job, shard).indices
    for slot, number in reversed(list(enumerate(numbers))):
        yield line(shard, slot, special.get(number, answered(f"answer {number} in {shard.round}")))


def settle(job: Job, special: Mapping[int, Mapping[str, Any]] | None = None, *, only: str = "") -> None:
    """Let every shard that is out end, and collect it."""
    for shard in list(job.state().shards()):
        if shard.batch and not shard.collected and only in ("", shard.name):
            job.record("ended", batch=shard.batch, counts={"succeeded": shard.requests}, ended_at=None)
            taken = intake.take_in(
                lines(job, shard, special or {}), collect.items_of(job, shard), job.results(shard.name),
                collect.records_path(job, shard.name), collect.reader(job),
            )  # fmt: skip
            job.record("collected", round=shard.round, shard=shard.number, **taken.to_json())


def answers(job: Job) -> list[dict[str, Any]]:
    """Return what stands in answers.jsonl."""
    return [json.loads(row) for row in job.answers.read_text().splitlines()]
