"""What can go wrong between us and the service, each with the moment at which it does."""

from __future__ import annotations

from typing import Any

from tests.support.message_jobs import Ground, Scenario

FIRST, REST = 1, (10, 9, 5)
"""The sizes of the shards of twenty-five items in tens: the canary's, then all different."""


def _lose(kind: str, times: int = 1, **facts: Any) -> Scenario:
    def before(ground: Ground) -> None:
        ground.service.fault(kind, times=times, **facts)

    return Scenario(kind, before)


def _later(kind: str, skip: int = 2, **facts: Any) -> Scenario:
    """Let some creates pass before the fault."""

    def before(ground: Ground) -> None:
        ground.service.fault("delay", seconds=0.0, times=skip)
        ground.service.fault(kind, **facts)

    return Scenario(kind, before)


def _named(name: str, scenario: Scenario, **changes: object) -> Scenario:
    scenario.name = name
    for key, value in changes.items():
        setattr(scenario, key, value)
    return scenario


def _decoys(ground: Ground) -> None:
    """Others send batches of every size that ours have, before we begin."""
    for size in REST:
        ground.service.decoy(size)


def _decoys_between(ground: Ground, number: int) -> None:
    """Others send such batches the first times that we were stopped: they are newer than our intents."""
    for size in (FIRST, *REST) if number < 5 else ():
        ground.service.decoy(size)


def _decoys_and_loss(ground: Ground) -> None:
    _decoys(ground)
    ground.service.fault("delay", seconds=0.0, times=1)
    ground.service.fault("decoy_drop_after", times=2)


def _decoys_and_drop(ground: Ground) -> None:
    ground.service.fault("delay", seconds=0.0, times=1)
    ground.service.fault("decoy_drop_before", times=2)


def _jump(ground: Ground, _: int) -> None:
    ground.service.advance(7200)


def _jump_and_loss(ground: Ground) -> None:
    ground.service.advance(-40_000)
    ground.service.fault("drop_after", times=2)


def _storm(ground: Ground) -> None:
    ground.service.fault("status", status=529, times=3)


def _limits(ground: Ground) -> None:
    ground.service.fault("status", status=429, times=1)
    ground.service.fault("status", status=429, retry_after=0, times=3)


def _spend(ground: Ground) -> None:
    details = {"error_code": "enforced_spend_limit_reached"}
    ground.service.fault("delay", seconds=0.0, times=1)
    ground.service.fault("status", status=429, details=details, times=2)


def _blind(ground: Ground) -> None:
    ground.service.fault("drop_after", times=1)
    ground.service.fault("status", "list", status=400, times=1)
    ground.service.fault("html", "list", times=2)


SCENARIOS = (
    Scenario("nothing"),
    Scenario("kill anywhere", kills=4),
    _named("lost response", _lose("drop_after", 2), kills=1),
    _named("lost response later", _later("drop_after", times=1), kills=1),
    _named("504 after accept", _later("status_after", 1, times=2), kills=1),
    _named("502 page", _later("html", 1, times=1)),
    _named("drop before", _lose("drop_before", 2), kills=1),
    _named("late landing", _later("late", 1, seconds=0.25), kills=0),
    Scenario("529 storm", _storm),
    Scenario("429 with and without retry-after", _limits, kills=1),
    Scenario("spend limit", _spend, kills=1),
    Scenario("decoys", _decoys, _decoys_between, kills=3),
    Scenario("decoys and lost responses", _decoys_and_loss, _decoys_between, kills=1),
    Scenario("decoys and nothing made", _decoys_and_drop, kills=1),
    _named("list lag", _lose("drop_after", 2), options={"list_lag": 0.25}, kills=1),
    Scenario("clock jump", _jump_and_loss, kills=2),
    Scenario("clock forward", between=_jump, kills=2, options={"duration": 0.15}),
    Scenario("list cannot be read", _blind, kills=1),
    Scenario("queue limit", kills=2, options={"queue_limit": 12}),
    Scenario("shards of one size", kills=3, ground={"count": 9, "shard_size": 2}),
)
