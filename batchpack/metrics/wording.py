"""Figures in words: durations, tokens, money, and what is unknown."""

from __future__ import annotations

from datetime import UTC, datetime

from batchpack.metrics.figures import Spent, Times

UNKNOWN = "unknown"
NONE = "none"
GLYPHS = {
    "done": "✓", "merged": "✓", "verified": "✓", "failed": "✗", "abandoned": "✗", "skipped": "↷", "running": "▶",
    "in_progress": "▶", "cancelled": "⊘", "conflict": "⇄", "culprit": "⇄",
}  # fmt: skip
"""A sign for each state, beside its colour and its word."""


def glyph(state: str) -> str:
    """Return the sign of a state."""
    return GLYPHS.get(state, "·")


def duration(seconds: float | None) -> str:
    """Write seconds for people."""
    if seconds is None:
        return UNKNOWN
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def moment(at: float) -> str:
    """Write a moment as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(at: float) -> str:
    """Write a moment by the reader's clock, to the minute."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def number(value: int) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def plural(count: int, word: str) -> str:
    """Write a count with its noun."""
    return f"{number(count)} {word}" if count == 1 else f"{number(count)} {word}s"


def tokens(spent: Spent) -> str:
    """Say how many tokens were measured, and of how many attempts nobody measured any."""
    if not spent.measured:
        return UNKNOWN if spent.unknown else NONE
    return number(spent.tokens) + _apart(spent.unknown)


def money(spent: Spent) -> str:
    """Say what was paid where the price is known, and of how many attempts it is not."""
    without_price = spent.measured + spent.unknown - spent.priced
    if spent.dollars is None:
        return UNKNOWN if without_price else NONE
    return dollars(spent.dollars) + _apart(without_price)


def dollars(value: float) -> str:
    """Write dollars: to the cent, small sums to four digits."""
    return f"${value:,.2f}" if value >= 1 or value == 0 else f"${value:.4f}"


def width(times: Times) -> str:
    """Write how many attempts worked at once on the average."""
    return UNKNOWN if times.width is None else f"{times.width:.1f}"


def _apart(count: int) -> str:
    """Say of how many attempts a sum knows nothing."""
    return f" + unknown of {plural(count, 'attempt')}" if count else ""
