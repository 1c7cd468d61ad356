"""Moments as people type them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from batchpack.errors import UsageError
from batchpack.metrics import moments

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the clock of a reader in a place with summer time."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(*parts: int) -> float:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("2026-11-01", utc(2026, 10, 31, 23)),
        ("2026-07-01", utc(2026, 6, 30, 22)),
        ("2026-11-01T09:30", utc(2026, 11, 1, 8, 30)),
        ("2026-11-01 09:30:15", utc(2026, 11, 1, 8, 30, 15)),
        ("2026-11-01T09:30Z", utc(2026, 11, 1, 9, 30)),
        ("2026-11-01T09:30:15.5+05:00", utc(2026, 11, 1, 4, 30, 15) + 0.5),
        ("today", utc(2026, 11, 20, 23)),
        ("yesterday", utc(2026, 11, 19, 23)),
        ("90m", utc(2026, 11, 21, 9)),
        ("24h", utc(2026, 11, 20, 10, 30)),
        ("7d", utc(2026, 11, 14, 10, 30)),
        ("2w", utc(2026, 11, 7, 10, 30)),
    ],
)
def test_forms(word: str, expected: float) -> None:
    """Days begin with the reader's midnight, times are of the reader's clock unless they have a zone."""
    assert expected == moments.parse(word, now=NOW)


@pytest.mark.parametrize(
    "word",
    ["", "tomorrow", "7", "d", "-7d", "7 d", "999999w", "2026", "2026-13-01", "2026-11-31", "20261101", "1960-01-01",
     "2026-11-01T9:30", "2026-11-01+01:00", "0000-00-00", "\u0667d", "7d\n", "\x1b[31m"],
)  # fmt: skip
def test_all_else_is_refused(word: str) -> None:
    """With the forms that there are."""
    with pytest.raises(UsageError, match="is no moment") as caught:
        moments.parse(word, now=NOW)

    assert "(2026-11-01T09:30), today, yesterday" in str(caught.value.hint)


def test_a_day_is_as_the_clock_on_the_wall_showed_it() -> None:
    """In winter one hour before UTC, in summer two."""
    moment = [datetime.fromtimestamp(utc(2026, month, 10, 22, 30), moments.HERE) for month in (1, 7)]

    assert ["2026-01-10 23:30", "2026-07-11 00:30"] == [f"{one:%Y-%m-%d %H:%M}" for one in moment]
    assert [3600.0, 7200.0] == [one.utcoffset().total_seconds() for one in moment]  # type: ignore[union-attr]
