"""News are collected for who looks, not for nobody, not too often, and a failure is no end of it."""

from __future__ import annotations

import time
from threading import Event

import pytest

from batchpack.dashboard import news
from batchpack.dashboard.news import News
from batchpack.errors import BatchpackError


class Collecting:
    """Counts how often it is called, and fails at first."""

    def __init__(self) -> None:
        self.calls, self.twice = 0, Event()

    def __call__(self) -> None:
        """Collect."""
        self.calls += 1
        if self.calls == 1:
            raise BatchpackError("a closed home")
        self.twice.set()


def test_nobody_looks_nothing_is_collected() -> None:
    """It waits until it is wanted."""
    collecting = Collecting()
    News(collecting).begin()
    time.sleep(0.1)

    assert 0 == collecting.calls


def test_a_failure_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be collected once is tried again when somebody looks again."""
    monkeypatch.setattr(news, "EACH_SECONDS", 0.01)
    collecting = Collecting()
    one = News(collecting)
    one.begin()
    end = time.monotonic() + 10
    while not collecting.twice.wait(0.02) and time.monotonic() < end:
        one.want()

    assert collecting.calls >= 2


def test_it_rests_between() -> None:
    """However many look however often, it is called once in ten seconds."""
    collecting = Collecting()
    one = News(collecting)
    one.begin()
    for _ in range(20):
        one.want()
        time.sleep(0.01)

    assert 1 == collecting.calls
