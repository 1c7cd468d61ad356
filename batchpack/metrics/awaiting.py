"""Agents that a session has at work in the background, by what the hooks of its host marked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from batchpack.collector import Mark
from batchpack.metrics.own.marks import Marks, is_over

LAUNCHED = "agent_launched"
ENDS = frozenset({"agent_ended", "agent_failed"})
LOOK_SECONDS = 0.5


def at_work(host: str, session: str, agents: Collection[str], since: float) -> list[str]:
    """Name the agents, of these names, that a session launched in the background since a moment and that go on.

    `since` is in seconds since the epoch. A host whose hooks mark nothing has none.
    """
    launched, ended = dict[str, str](), set[str]()
    for mark in _marks(host, since):
        known = mark.session
        if known.id == session and known.part:
            if mark.event == LAUNCHED and mark.at >= since and known.agent in agents:
                launched[known.part] = known.agent
            elif mark.event in ENDS:
                ended.add(known.part)
    return sorted(agent for part, agent in launched.items() if part not in ended)


def _marks(host: str, since: float) -> Iterator[Mark]:
    """Yield what was marked of a host on the days since a moment; what cannot be read marks nothing."""
    for source in Marks().sources():
        if Path(source.key).name.startswith(f"{host}-") and not is_over(Path(source.key), since):
            try:
                for portion in Marks().read(source, None):
                    yield from (fact for fact in portion.facts if isinstance(fact, Mark))
            except OSError:
                continue


def wait(look: Callable[[], list[str]], seconds: float) -> list[str]:
    """Wait until nobody is at work, or for so many seconds; returns who still is."""
    until = time.monotonic() + seconds
    while (found := look()) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    return found
