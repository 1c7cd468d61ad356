"""What executors share: events of hosts, last words, and how long a limit asks to wait."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest

from batchpack.executor import Usage, asked_to_wait, events, last_words


def test_events_are_the_objects_among_the_lines(tmp_path: Path) -> None:
    """Lines that are cut, no JSON or no objects are passed over, and so is a file that is not there."""
    (tmp_path / "out").write_bytes(b'{"a": 1}\nwarning\n{"b": \n[1]\n{"c": "\xff"}\n{"d": 2}\n' + b'{"x":' * 30_000)

    assert [{"a": 1}, {"d": 2}] == list(events(tmp_path / "out"))
    assert [] == list(events(tmp_path / "none"))


def test_last_words_are_the_end(tmp_path: Path) -> None:
    """However much was written, its end is what is said."""
    (tmp_path / "err").write_text("x" * 100_000 + "\nno key\n")

    assert last_words(tmp_path / "err").endswith("\nno key")
    assert "" == last_words(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Claude AI usage limit reached|1800000000", 1000.0),
        ("Please try again in 20 seconds.", 20.0),
        ("retry after 30s", 30.0),
        ("limit resets in 2 hours", 7200.0),
        ("try again in a moment", None),
        ("", None),
    ],
)
def test_a_limit_says_how_long(text: str, seconds: float | None) -> None:
    """A moment, a time or nothing at all."""
    assert seconds == asked_to_wait(text, now=1_799_999_000.0)


def test_an_hour_is_the_next_one_of_this_clock() -> None:
    """`resets 3pm` is today's or tomorrow's three o'clock."""
    noon = datetime(2026, 3, 4, 12).timestamp()

    assert 3 * 3600 == asked_to_wait("session limit · resets 3pm", now=noon)
    assert 23.5 * 3600 == asked_to_wait("resets 11:30am", now=noon)
    assert None is asked_to_wait("resets 15:99pm", now=time.time())


def test_tokens_are_all_of_them() -> None:
    """What was read from and written to the cache counts too."""
    assert 10 == Usage(1, 2, 3, 4).tokens
