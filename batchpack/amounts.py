"""How numbers of things and of bytes are told to people."""

from __future__ import annotations


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 item`, `2,000 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return a number of bytes in the unit that fits: `850 B`, `1.2 kB`, `87.1 MB`; a kB is 1,000 bytes."""
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1e3:,.1f} kB" if number < 1_000_000 else f"{number / 1e6:,.1f} MB"
