"""Times of items: read in the forms that files have them in, kept as UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from zoneinfo import ZoneInfo

from batchpack.errors import UsageError

MILLISECONDS = 100_000_000_000
"""Numbers from here on are milliseconds since 1970, smaller ones seconds: the border is the year 5138, or 1973."""
_PLAIN = len("2026-02-03T10:00:00Z")

_KEPT = re.compile(
    r"""(?:(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)
    T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\n)*+""",
    re.VERBOSE,
)
"""Times as they are kept, one a line; the 29th of February is not among them."""


@cache
def zone(name: str) -> tzinfo:
    """Return a time zone by its name in the IANA database, as `Europe/Berlin`; raises UsageError."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise UsageError(f"there is no time zone {name[:60]!r}", "give one as Europe/Berlin or UTC") from error


def parse(value: object, home: tzinfo = UTC) -> str:
    """Return a time as `2026-02-03T10:00:00Z`; one without a zone is of `home`. Raises ValueError for what is none.

    Known are ISO 8601, the form of e-mails, and seconds or milliseconds since 1970.
    """
    if isinstance(value, str) and len(value) == _PLAIN and value[-1] == "Z" and value[10] == "T":
        datetime.fromisoformat(value)
        return value
    try:
        moment = _moment(value)
        return said(moment if moment.tzinfo else moment.replace(tzinfo=home))
    except (OverflowError, OSError, TypeError, IndexError) as error:
        raise ValueError(str(error)) from error


def are_kept(values: Sequence[str]) -> bool:
    """Tell whether times stand as they are kept already, all of them at once; False where in doubt."""
    text = "\n".join([*values, ""])
    return text.count("\n") == len(values) and _KEPT.fullmatch(text) is not None


def said(moment: datetime) -> str:
    """Return a moment as it is kept: whole seconds, UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z".rjust(_PLAIN, "0")


def _moment(value: object) -> datetime:
    """Return a time as it was meant, perhaps without a zone."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("it is neither a text nor a number")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if abs(value) >= MILLISECONDS else value, UTC)
    text = value.strip()
    if text.lstrip("-").replace(".", "", 1).isdecimal() and not (len(text) == 8 and text.startswith(("19", "20"))):
        return _moment(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def day(at: str, home: tzinfo) -> str:
    """Return the day of a time in a zone: `2026-02-03`."""
    return _local(at, home).isoformat()


def week(at: str, home: tzinfo) -> str:
    """Return the week of a time by ISO 8601: `2026-W06`."""
    year, number, _ = _local(at, home).isocalendar()
    return f"{year:04d}-W{number:02d}"


def month(at: str, home: tzinfo) -> str:
    """Return the month of a time: `2026-02`."""
    return _local(at, home).isoformat()[:7]


def _local(at: str, home: tzinfo) -> date:
    """Return the date of a time in a zone; where the calendar ends there, that of UTC."""
    try:
        return _kept(at).astimezone(home).date()
    except OverflowError:
        return _kept(at).date()


def _kept(at: str) -> datetime:
    """Return the moment of a time as it is kept."""
    return datetime.fromisoformat(at)
