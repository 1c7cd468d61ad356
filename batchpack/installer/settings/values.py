"""Plain values of settings: looked up, compared and changed without touching the original."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MISSING: Any = object()
"""Stands for a value that is not there, which `null` is not."""


def look_up(value: Any, keys: Sequence[str]) -> Any:
    """Return the value at the end of a way of keys, or MISSING."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    return value


def depth_of_mappings(value: Any, keys: Sequence[str]) -> int:
    """Return how many leading keys lead to a mapping each, the last key left out."""
    depth = 0
    while depth < len(keys) - 1 and isinstance(look_up(value, keys[: depth + 1]), dict):
        depth += 1
    return depth


def same(one: Any, other: Any) -> bool:
    """Compare two values as documents do: true is not 1, 1 is not 1.0, the order of keys does not matter."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - nan


def nest(keys: Sequence[str], value: Any) -> Any:
    """Wrap a value into mappings, one a key."""
    for key in reversed(keys):
        value = {key: value}
    return value


def with_value(value: Any, keys: Sequence[str], new: Any) -> Any:
    """Return a copy in which the way of keys leads to `new`; MISSING takes the last key away."""
    if not keys:
        return new
    inner = with_value(value.get(keys[0], {}), keys[1:], new)
    if inner is MISSING:
        return {key: kept for key, kept in value.items() if key != keys[0]}
    return {**value, keys[0]: inner}


def position(members: Sequence[Any], value: Any) -> int | None:
    """Return the place of a value in a list, or None."""
    return next((at for at, member in enumerate(members) if same(member, value)), None)
