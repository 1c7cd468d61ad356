"""Moments as people type them: a day, a time, or how long ago; days are those of the reader's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from batchpack.errors import UsageError

FORMS = "a day (2026-11-01), a time (2026-11-01T09:30), today, yesterday, or how long ago (90m, 24h, 7d, 2w)"
_AGO = re.compile(r"([0-9]{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


class _Here(tzinfo):
    """The zone of the reader's clock at each moment: in winter another than in summer."""

    def fromutc(self, moment: datetime, /) -> datetime:
        """Return a moment in UTC as the clock showed it."""
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        """Return how far the clock was before UTC."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, _moment: datetime | None, /) -> timedelta | None:
        """Return None: it is not known apart."""
        return None

    def tzname(self, moment: datetime | None, /) -> str | None:
        """Return the zone's name at a moment."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()


HERE = _Here()


def parse(text: str, *, now: float | None = None) -> float:
    """Return the moment that a word means, in seconds since the epoch; a day means its beginning.

    A time without a zone is one of the reader's clock. Raises UsageError with the forms there are.
    """
    here = datetime.fromtimestamp(now, UTC).astimezone() if now is not None else datetime.now(UTC).astimezone()
    try:
        found = _ago(text, here) or _day(text, here) or _written(text)
        seconds = found.timestamp() if found else -1.0
    except (ValueError, OverflowError, OSError):
        seconds = -1.0
    if seconds < 0:
        raise UsageError(f"{text[:60]!r} is no moment", f"give {FORMS}")
    return seconds


def _ago(text: str, now: datetime) -> datetime | None:
    """Return the moment so long ago."""
    found = _AGO.fullmatch(text)
    return now - timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _day(text: str, now: datetime) -> datetime | None:
    """Return the beginning of today or yesterday, by the clock on the wall: such a day may have 23 or 25 hours."""
    back = {"today": 0, "yesterday": 1}.get(text)
    if back is None:
        return None
    day = now.date() - timedelta(days=back)
    return datetime(day.year, day.month, day.day).astimezone()


def _written(text: str) -> datetime | None:
    """Return the moment of a date or time as ISO 8601 writes them."""
    return datetime.fromisoformat(text).astimezone() if _WRITTEN.fullmatch(text) else None
