"""How spans of time are told to people."""

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
