"""The values of a record."""

from __future__ import annotations

from tests.support.records import attempt, done, record


def test_only_what_was_measured_has_a_time() -> None:
    """An attempt without an end, or whose clock went back, has no seconds."""
    assert [4.0, None, None] == [attempt(1, 5).seconds, attempt(1, None).seconds, attempt(5, 1).seconds]


def test_a_record_lists_all_attempts() -> None:
    """Those of each task, in their order."""
    first, second, other = attempt(0, 1), attempt(1, 2, number=2), attempt(0, 3)

    assert [first, second, other] == record(done("a", first, second, settled=2), done("b", other, settled=3)).attempts
