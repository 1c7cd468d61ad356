"""The time in records: one form, which sorts as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from batchpack.clock import now


def test_the_time_is_utc_with_milliseconds() -> None:
    """It is the present, in the form that task files of other programs have."""
    said = now()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said)
    assert abs((datetime.now(UTC) - datetime.fromisoformat(said)).total_seconds()) < 60
