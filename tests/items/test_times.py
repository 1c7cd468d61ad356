"""Times: read in the forms that files have, kept as UTC, and refused where they are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.errors import UsageError
from batchpack.items import times

BERLIN = times.zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-02-03T10:00:00Z", "2026-02-03T10:00:00Z"),
        ("2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00Z"),
        ("2026-02-03 10:00", "2026-02-03T09:00:00Z"),
        ("2026-02-03", "2026-02-02T23:00:00Z"),
        ("20260203", "2026-02-02T23:00:00Z"),
        ("Tue, 3 Feb 2026 10:00:00 -0500", "2026-02-03T15:00:00Z"),
        (1770112800, "2026-02-03T10:00:00Z"),
        (1770112800000, "2026-02-03T10:00:00Z"),
        ("1770112800.5", "2026-02-03T10:00:00Z"),
    ],
)
def test_forms(value: object, said: str) -> None:
    """ISO 8601, the form of e-mails and numbers are known; what names no zone is of the given one."""
    assert said == times.parse(value, BERLIN)


@pytest.mark.parametrize(
    "value",
    ["yesterday", "", "2026-13-01", "2026-02-30T10:00:00Z", "25:00", True, None, [], 1e300, float("nan"), "9" * 40],
)
def test_what_is_no_time(value: object) -> None:
    """Whatever cannot be read is a ValueError, whatever the libraries make of it."""
    with pytest.raises(ValueError, match=r".*"):
        times.parse(value)


def test_parts() -> None:
    """Days, weeks and months begin where the zone says, and the end of the calendar is one of UTC."""
    at = "2025-12-31T23:30:00Z"

    assert ("2026-01-01", "2026-W01", "2026-01") == (
        times.day(at, BERLIN), times.week(at, BERLIN), times.month(at, BERLIN)
    )  # fmt: skip
    assert "9999-12-31" == times.day("9999-12-31T23:30:00Z", BERLIN)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC)))
def test_what_is_kept_is_read_again(moment: datetime) -> None:
    """A time as it is kept is read as the same second."""
    kept = times.said(moment)

    assert kept == times.parse(kept)
    assert moment.replace(microsecond=0) == datetime.fromisoformat(kept)


@pytest.mark.parametrize("name", ["Mars/Base", "../../etc/passwd", "", "\0"])
def test_no_zone(name: str) -> None:
    """A name that is none is a usage error."""
    with pytest.raises(UsageError):
        times.zone(name)


@given(moment=st.datetimes(), change=st.sampled_from(["", "-02-30T", "-13-01T", "-00-10T", "-04-31T", "-06-00T"]))
def test_kept_already(moment: datetime, change: str) -> None:
    """What is said to be kept already is exactly what parsing would not change; only a leap day is looked at again."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")
    text = text[:4] + change + text[11:] if change else text

    assert (not change and text[5:10] != "02-29") == times.are_kept([text])
    assert [True, False, False] == [times.are_kept(values) for values in ([], [text, "soon"], [f"{text}\n{text}"])]
