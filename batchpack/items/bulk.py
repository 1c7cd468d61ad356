"""From sources to blocks of items: lines of JSON many at a time, all else one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from typing import Any

import orjson

from batchpack import rows
from batchpack.items import sources, times
from batchpack.items.shaping import DECLARATIONS, Shape, category_of, time_of
from batchpack.items.sources import Source
from batchpack.items.values import SIZE_LIMIT, Block, Found, Item, Rejects
from batchpack.queue import ids

COUNT = 1000
BYTES = 1 << 20
"""A block is written when it has so many items, or so many bytes."""


def blocks(found: Iterable[Source], shape: Shape, rejects: Rejects) -> Iterator[Block]:
    """Yield the items of sources in their order; what is none goes to the rejects."""
    for source in found:
        if source.kind == "jsonl":
            yield from _of_lines(source, shape, rejects)
        else:
            yield from of(shape.items(source.read(rejects), rejects))


def of(items: Iterable[Item]) -> Iterator[Block]:
    """Yield items as blocks."""
    held, size = list[Item](), 0
    for item in items:
        held.append(item)
        size += len(item[1])
        if len(held) == COUNT or size > BYTES:
            yield _block(held)
            held, size = [], 0
    if held:
        yield _block(held)


def _block(items: Sequence[Item]) -> Block:
    """Turn items into columns."""
    return Block(*zip(*((*row, body) for row, body in items), strict=True))


def _of_lines(source: Source, shape: Shape, rejects: Rejects) -> Iterator[Block]:
    """Yield the items of lines of JSON; a piece with any line out of the ordinary is gone through one by one."""
    name, broken = source.word, sources.broken_in(source.word, rejects)
    with ExitStack() as stack:
        for first, piece in rows.pieces(source.stream(stack), SIZE_LIMIT):
            whole = _at_once(piece, first, name, shape)
            if whole is not None:
                yield whole
            else:
                numbered = rows.numbered(first, piece, broken, SIZE_LIMIT)
                yield from of(shape.items(sources.objects(numbered, name, rejects), rejects))


def _at_once(piece: Sequence[bytes], first: int, name: str, shape: Shape) -> Block | None:
    """Return the items of lines, the same as one by one; None where any of them needs a closer look.

    A step over all lines is a call or two into C, where a line at a time costs ten in Python.
    """
    bodies = [line.strip() for line in piece]
    try:
        fields = list(map(orjson.loads, bodies))
    except ValueError:
        return None
    sizes = list(map(len, bodies))
    if set(map(type, fields)) != {dict} or max(sizes) > SIZE_LIMIT:
        return None
    shape.choose(Found(bodies[0], fields[0], name))
    shape.declared = shape.declared or not all(map(DECLARATIONS.isdisjoint, fields))
    digests = [sha256(body).hexdigest() for body in bodies]
    try:
        names = _names(fields, shape.id) if shape.id is not None else [f"item-{digest[:16]}" for digest in digests]
        ats, categories = _times(fields, shape), _categories(fields, shape.category)
    except (TypeError, ValueError):
        return None
    places = [f"{name}:{number}" for number in range(first, first + len(bodies))]
    return Block(names, digests, ats, categories, sizes, places, bodies)


def _names(fields: Sequence[dict[str, Any]], field: str) -> list[str]:
    """Return the ids of items; raises TypeError or ValueError where any has none that can be one."""
    names: list[Any] = [one.get(field) for one in fields]
    if set(map(type, names)) == {int}:
        names = list(map(str, names))
    if not ids.are_names(names):
        raise ValueError(field)
    return names


def _times(fields: Sequence[dict[str, Any]], shape: Shape) -> Sequence[str | None]:
    """Return the times of items; raises ValueError where any cannot be read."""
    name = shape.at
    if not name:
        return [None] * len(fields)
    ats: list[Any] = [one.get(name) for one in fields]
    if set(map(type, ats)) == {str} and times.are_kept(ats):
        return ats
    return [None if at is None else time_of(at, name, shape.home) for at in ats]


def _categories(fields: Sequence[dict[str, Any]], name: str | None) -> Sequence[str | None]:
    """Return the categories of items."""
    if not name:
        return [None] * len(fields)
    found = (one.get(name) for one in fields)
    return [None if category is None else category_of(category) for category in found]
