"""How times and numbers are told to people."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(span: timedelta) -> str:
    """Return a span of time in its two largest units: `3 h 12 min`, `45 s`; nothing below a second is told."""
    left = max(0, int(span.total_seconds()))
    for at, (size, unit) in enumerate(_UNITS):
        if left >= size and unit != "s":
            count, rest = divmod(left, size)
            below, name = _UNITS[at + 1]
            return f"{count} {unit} {rest // below} {name}" if rest >= below else f"{count} {unit}"
    return f"{left} s"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 item`, `2,000 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return a number of bytes in the unit that fits: `850 B`, `1.2 kB`, `87.1 MB`; a kB is 1,000 bytes."""
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1e3:,.1f} kB" if number < 1_000_000 else f"{number / 1e6:,.1f} MB"
