"""Tests of working ahead: the same blocks in the same order, errors at their place, no thread left behind."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import NoReturn

import pytest

from batchpack.messages.ahead import DEPTH, working_ahead


def numbers(count: int, made: list[int]) -> Generator[int, None, None]:
    """Make numbers, noting which and, at the end, that it was closed."""
    try:
        for number in range(count):
            made.append(number)
            yield number
    finally:
        made.append(-1)


def _fail() -> NoReturn:
    """Fail in the thread."""
    raise OSError("the network is gone")


def test_blocks_come_in_their_order() -> None:
    """All of them, once."""
    made: list[int] = []
    with working_ahead(numbers(100, made)) as blocks:
        assert list(range(100)) == list(blocks)
    assert [*range(100), -1] == made


def test_an_error_comes_at_its_place() -> None:
    """What was made before it is taken first."""
    with working_ahead(number if number < 3 else _fail() for number in range(9)) as blocks:
        assert [0, 1, 2] == [next(blocks) for _ in range(3)]
        with pytest.raises(OSError, match="network"):
            next(blocks)


def test_nobody_works_for_a_reader_that_left() -> None:
    """The thread ends, what it worked on is closed, and it was never far ahead."""
    made: list[int] = []
    before = threading.active_count()
    with working_ahead(numbers(10**9, made)) as blocks:
        next(blocks)

    assert before == threading.active_count()
    assert -1 == made[-1]
    assert len(made) <= DEPTH + 4
