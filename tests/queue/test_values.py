"""What queues hold and say."""

from __future__ import annotations

import json

import pytest

from batchpack.errors import UsageError
from batchpack.queue import values
from batchpack.queue.store import SqliteQueue


def test_times_are_told_as_records_tell_them(queue: SqliteQueue) -> None:
    """A task's facts are JSON, with times in UTC and none where none is."""
    queue.claim("w1", task="a", lease=60)
    facts = json.loads(json.dumps(queue.get("a").to_json()))

    assert ("2023-11-14T22:14:20.000Z", None, "First") == (facts["lease_until"], facts["completed_at"], facts["title"])


@pytest.mark.parametrize("given", [{"claims": 0}, {"claims_per_worker": -1}, {"attempts": 0}, {"lost_leases": 0}])
def test_limits_under_which_nothing_could_be_done_are_refused(given: dict[str, int]) -> None:
    """A limit is a number from 1 on."""
    with pytest.raises(UsageError, match="is no limit for"):
        values.Limits(**given)


def test_equal_values_are_equal_texts() -> None:
    """The order of keys makes no difference."""
    assert values.dumped({"a": 1, "b": [2]}, "x") == values.dumped({"b": [2], "a": 1}, "x")
