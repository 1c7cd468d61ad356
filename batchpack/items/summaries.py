"""Summaries made from records: a file of counts and one of details a chunk, and one of all under a cap of tokens."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchpack.files import write_atomic
from batchpack.items import approval, chunking, chunks
from batchpack.items.chunking import NO_LABEL, Chunk
from batchpack.items.looking import counts
from batchpack.items.words import count
from batchpack.plaintext import line
from batchpack.queue import database
from batchpack.queue.values import ENDED, Task

FOLDER = "chunks"
TOKEN_CAP = 4000
SAMPLES = 5
CATEGORIES = 20
_COUNTS = """SELECT item.chunk, coalesce(record.category, :none) AS category, record.disposition, count(*) AS found
    FROM item JOIN record ON item.id = record.item WHERE item.chunk BETWEEN :first AND :last
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
_SAMPLES = f"""SELECT chunk, category, id FROM (
    SELECT item.chunk, coalesce(record.category, :none) AS category, item.id, row_number() OVER (
        PARTITION BY item.chunk, coalesce(record.category, :none) ORDER BY item.seq) AS place
    FROM item JOIN record ON item.id = record.item WHERE item.chunk BETWEEN :first AND :last)
    WHERE place <= {SAMPLES} ORDER BY 1, 2, place"""  # noqa: S608


@dataclass
class Sums:
    """What was judged of some chunks: items of each category and disposition, and the ids of some of each category."""

    label: str
    items: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    dispositions: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def processed(self) -> int:
        """How many items are judged."""
        return self.dispositions.total()

    def to_json(self) -> dict[str, Any]:
        """Return the sums, the commonest category first."""
        return {
            "processed": self.processed,
            "items": self.items,
            "categories": dict(self.categories.most_common()),
            "dispositions": dict(self.dispositions),
            "samples": dict(self.samples),
        }


def of_chunks(connection: sqlite3.Connection, only: int | None = None) -> dict[int, Sums]:
    """Return the sums of each chunk, or of one."""
    words = {"none": NO_LABEL, "first": only or 0, "last": only or 1 << 62}
    wanted = (one for one in chunks.every(connection) if only in (None, one.number))
    found = {one.number: Sums(one.label, one.items) for one in wanted}
    for number, category, disposition, number_of in connection.execute(_COUNTS, words):
        if number in found:
            found[number].categories[category] += number_of
            found[number].dispositions[disposition] += number_of
    for number, category, item in connection.execute(_SAMPLES, words):
        if number in found:
            found[number].samples[category].append(item)
    return found


def together(several: Sequence[Sums], label: str) -> Sums:
    """Add sums up."""
    total = Sums(label)
    for one in several:
        total.items += one.items
        total.categories.update(one.categories)
        total.dispositions.update(one.dispositions)
        for category, samples in one.samples.items():
            total.samples[category] = [*total.samples[category], *samples][:SAMPLES]
    return total


def write_chunk(connection: sqlite3.Connection, folder: Path, chunk: Chunk, sums: Sums, width: int) -> None:
    """Write the summary and the details of a chunk from its records; both are replaced in one step each."""
    base = folder / FOLDER / chunking.name(chunk.number, width)
    facts = {"schema": 1, "chunk": chunk.number, "label": chunk.label, **sums.to_json()}
    facts["hash"] = approval.fingerprint(connection, chunk.number)
    write_atomic(base.with_name(f"{base.name}-summary.json"), json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    write_atomic(base.with_name(f"{base.name}-details.md"), "\n".join(_details(connection, chunk, base.name)) + "\n")


def after(folder: Path, task: Task) -> None:
    """Write the files of a chunk whose task has ended; of other tasks there are none."""
    if task.kind != "chunk" or task.status not in ENDED:
        return
    with database.opened(folder / database.NAME) as connection:
        listed = chunks.every(connection)
        chunk = next(one for one in listed if one.number == task.chunk)
        write_chunk(connection, folder, chunk, of_chunks(connection, task.chunk)[chunk.number], len(listed))


def write_all(connection: sqlite3.Connection, folder: Path, cap: int = TOKEN_CAP) -> str:
    """Write the files of each chunk of which something was judged, `summary.json` and `summary.md`; return the latter.

    The text has at most `cap` tokens, estimated at four bytes each.
    """
    found, listed = of_chunks(connection), chunks.every(connection)
    for chunk in listed:
        if found[chunk.number].processed:
            write_chunk(connection, folder, chunk, found[chunk.number], len(listed))
    total = together(list(found.values()), "all")
    facts = {"schema": 1, "counts": counts(connection), **total.to_json(), "chunks": len(listed)}
    write_atomic(folder / "summary.json", json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    text = render(folder.name, found, facts["counts"], cap)
    write_atomic(folder / "summary.md", text)
    return text


def render(name: str, found: Mapping[int, Sums], counted: Mapping[str, int], cap: int) -> str:
    """Return a summary of at most `cap` tokens: chunk by chunk where there is room, else in ever larger groups."""
    total = together(list(found.values()), "all")
    head = [f"# Batch {name}", "", f"{count(counted['items'], 'item')} = {_sum(counted)}", ""]
    for width, samples in [(1, 5), (1, 2), (1, 1), *((10**power, 1) for power in range(1, 7)), (0, 0)]:
        groups = list(_groups(found, width)) if width else []
        text = "\n".join([*head, *_lines(total, max(samples, 1)), *groups_of(groups, samples)]) + "\n"
        if len(text.encode()) <= 4 * cap:
            return text
    return text.encode()[: 4 * cap].decode(errors="ignore")


def groups_of(groups: Sequence[tuple[str, Sums]], samples: int) -> Iterator[str]:
    """Yield a section for each group of chunks."""
    for title, sums in groups:
        if sums.processed:
            yield ""
            yield f"## {title}: {sums.processed:,} of {count(sums.items, 'item')}"
            yield ""
            yield from _lines(sums, samples)


def _groups(found: Mapping[int, Sums], width: int) -> Iterator[tuple[str, Sums]]:
    """Yield so many chunks at a time, added up."""
    numbers = sorted(found)
    for start in range(0, len(numbers), width):
        part = numbers[start : start + width]
        names = [chunking.name(number, len(numbers)) for number in (part[0], part[-1])]
        sums = together([found[number] for number in part], "")
        label = f", {line(found[part[0]].label, 60)}" if len(part) == 1 and found[part[0]].label else ""
        yield (f"{names[0]}{label}" if len(part) == 1 else f"{names[0]} to {names[1]}"), sums


def _lines(sums: Sums, samples: int) -> Iterator[str]:
    """Yield a line a category, the commonest first, with the ids of some of its items."""
    for category, number in sums.categories.most_common(CATEGORIES):
        cited = ", ".join(sums.samples[category][:samples])
        yield f"- {line(category, 60)}: {number:,}" + (
            f" ({cited}{', …' if number > samples else ''})" if cited else ""
        )
    others = len(sums.categories) - CATEGORIES
    if others > 0:
        left = sums.processed - sum(number for _, number in sums.categories.most_common(CATEGORIES))
        yield f"- {count(others, 'other category', 'other categories')}: {left:,}"


def _sum(counted: Mapping[str, int]) -> str:
    """Tell counts as a sum."""
    parts = [f"{number:,} {name}" for name, number in counted.items() if number and name != "items"]
    return " + ".join(parts) or "none"


def _details(connection: sqlite3.Connection, chunk: Chunk, name: str) -> Iterator[str]:
    """Yield what was judged of each item of a chunk, a line an item."""
    yield f"# {name}" + (f": {line(chunk.label, 80)}" if chunk.label else "")
    yield ""
    rows = connection.execute(
        """SELECT item.id, record.category, record.disposition, record.rationale FROM item
            LEFT JOIN record ON record.item = item.id WHERE item.chunk = ? ORDER BY item.seq""",
        (chunk.number,),
    )
    for row in rows:
        if row["disposition"] is None:
            yield f"- {row['id']}: pending"
        else:
            why = f": {line(row['rationale'], 600)}" if row["rationale"] else ""
            yield f"- {row['id']} [{line(row['category'] or NO_LABEL, 60)}] {row['disposition']}{why}"
