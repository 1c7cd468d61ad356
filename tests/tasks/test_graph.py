"""Dependencies as a graph, against slow but plain reckonings."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from batchpack.tasks.graph import circles, critical_path, followers_of, levels, order, reached

NAMES = ("01", "02", "03", "04", "05", "06")
graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from((*NAMES, "99")), max_size=3))


def startable(graph: dict[str, list[str]]) -> set[str]:
    """Find what can start by asking again and again until nothing new can."""
    done: set[str] = set()
    while True:
        more = {seq for seq in graph if set(graph[seq]) <= done} - done
        if not more:
            return done
        done |= more


@given(graphs)
def test_order(graph: dict[str, list[str]]) -> None:
    """Exactly what can ever start is ordered, each after its dependencies."""
    ordered, stuck = order(graph)
    assert (startable(graph), set(graph) - startable(graph)) == (set(ordered), set(stuck))
    for place, seq in enumerate(ordered):
        assert set(graph[seq]) <= set(ordered[:place])


@given(graphs)
def test_levels_and_critical_path(graph: dict[str, list[str]]) -> None:
    """A level is one more than the highest below; the critical path is a chain from 0 to the highest level."""
    ordered, _ = order(graph)
    level = levels(graph, ordered)
    assert all(level[seq] == max((level[need] for need in graph[seq]), default=-1) + 1 for seq in ordered)
    chain = critical_path(graph)
    assert len(chain) == max(level.values(), default=-1) + 1
    assert all(before in graph[after] for before, after in pairwise(chain))


@given(graphs)
def test_circles(graph: dict[str, list[str]]) -> None:
    """Exactly the sequences that reach themselves are in circles; each way is real and begins and ends with them."""
    ways = circles(graph)
    assert {seq for seq in graph if seq in reached(graph, seq)} == set(ways)
    for seq, way in ways.items():
        assert (seq, seq) == (way[0], way[-1])
        assert all(need in graph[before] for before, need in pairwise(way))
        assert len(set(way[1:])) == len(way) - 1


def test_known_circle() -> None:
    """A circle of two is told from both sides."""
    assert circles({"01": ["02"], "02": ["01"], "03": ["01"]}) == {"01": ["01", "02", "01"], "02": ["02", "01", "02"]}


def test_followers() -> None:
    """A dependency that stands twice has its follower once; one that does not exist has none."""
    assert followers_of({"01": [], "02": ["01", "01", "99"]}) == {"01": ["02"], "02": []}


def test_ten_thousand() -> None:
    """A chain, a circle and a net of ten thousand are done in moments, without deep recursion."""
    many = [f"{number:05d}" for number in range(10_000)]
    chain = {seq: many[place - 1 : place] if place else [] for place, seq in enumerate(many)}
    begun = time.perf_counter()
    assert len(critical_path(chain)) == 10_000
    assert len(circles({**chain, many[0]: [many[-1]]})) == 1
    net = {seq: many[place % 100 * 100 : place % 100 * 100 + 5] for place, seq in enumerate(many)}
    assert len(order(net)[0]) + len(order(net)[1]) == 10_000
    assert time.perf_counter() - begun < 10
