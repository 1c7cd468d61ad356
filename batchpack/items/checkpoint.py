"""Checkpoints: what a person is shown before work goes on or bulk acts are done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from batchpack.items import approval, bodies
from batchpack.items.looking import show
from batchpack.items.summaries import CATEGORIES, Sums, of_chunks, together
from batchpack.plaintext import line

TITLES = ("subject", "title", "name", "path", "text")
"""Fields of which the first that an item has says what it is about."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was judged of a chunk (None: of all): sums, a line on some items of each category, the hash of it all."""

    chunk: int | None
    sums: Sums
    samples: dict[str, list[str]]
    hash: str
    approved: bool

    def to_json(self) -> dict[str, Any]:
        """Return its facts."""
        facts = {"chunk": self.chunk, **self.sums.to_json(), "hash": self.hash, "approved": self.approved}
        return {**facts, "samples": self.samples}


def of(connection: sqlite3.Connection, chunk: int | None) -> Checkpoint:
    """Return the checkpoint of a chunk or of the whole batch; raises UsageError for a chunk that there is none of."""
    digest = approval.fingerprint(connection, chunk)
    found = of_chunks(connection, chunk)
    sums = found[chunk] if chunk is not None else together(list(found.values()), "all")
    samples = {category: [_sample(connection, item) for item in items] for category, items in sums.samples.items()}
    try:
        approval.find(connection, chunk)
    except approval.NotApproved:
        return Checkpoint(chunk, sums, samples, digest, approved=False)
    return Checkpoint(chunk, sums, samples, digest, approved=True)


def lines(found: Checkpoint) -> Iterator[str]:
    """Yield counts by category with samples, and the hash that an approval is bound to."""
    sums = found.sums
    what = "All" if found.chunk is None else f"Chunk {found.chunk}"
    yield f"{what}: {sums.processed:,} of {sums.items:,} items judged"
    for category, number in sums.categories.most_common(CATEGORIES):
        yield f"{line(category, 60)}: {number:,}"
        yield from (f"    {sample}" for sample in found.samples[category])
    if len(sums.categories) > CATEGORIES:
        yield f"and {len(sums.categories) - CATEGORIES:,} more categories"
    yield f"hash {found.hash[: approval.SHORT]}"


def then(found: Checkpoint, named: str) -> list[str]:
    """Say what comes next."""
    if not found.sums.processed:
        return ["Nothing is judged yet: there is nothing to approve."]
    if found.approved:
        return ["This is approved."]
    chunk = "" if found.chunk is None else f" --chunk {found.chunk}"
    digest = found.hash[: approval.SHORT]
    return ["When a person agrees to this, run:", f"    batchpack items approve{chunk} --hash {digest} {named}"]


def _sample(connection: sqlite3.Connection, item: str) -> str:
    """Return an item as one line: its id, what it is about, and why it was judged so."""
    facts = show(connection, bodies.beside(connection), item)
    title = next((str(facts["fields"][name]) for name in TITLES if facts["fields"].get(name)), "")
    why = (facts["record"] or {}).get("rationale") or ""
    return f"{item}  {line(title, 60)}" + (f"  ({line(why, 100)})" if why else "")
