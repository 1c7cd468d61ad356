"""Dependencies as a graph over sequences: circles, what can never start, levels and the longest chain; all linear."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
"""Sequence → the sequences it depends on; those that are no key do not exist."""


def order(graph: Graph) -> tuple[list[str], list[str]]:
    """Return the sequences with each after its dependencies, and those that can never start.

    Never startable are circles, dependencies on what does not exist, and all that waits for such.
    """
    waits = {seq: len(set(needs)) for seq, needs in graph.items()}
    followers = followers_of(graph)
    ready = deque(seq for seq, count in waits.items() if count == 0)
    ordered: list[str] = []
    while ready:
        seq = ready.popleft()
        ordered.append(seq)
        for follower in followers[seq]:
            waits[follower] -= 1
            if waits[follower] == 0:
                ready.append(follower)
    placed = set(ordered)
    return ordered, [seq for seq in graph if seq not in placed]


def followers_of(graph: Graph) -> dict[str, list[str]]:
    """Return for each sequence those that depend on it directly."""
    followers: dict[str, list[str]] = {seq: [] for seq in graph}
    for seq, needs in graph.items():
        for need in dict.fromkeys(needs):
            if need in followers:
                followers[need].append(seq)
    return followers


def levels(graph: Graph, ordered: Iterable[str]) -> dict[str, int]:
    """Return for each ordered sequence the length of the longest chain before it; 0 for those free to start."""
    found: dict[str, int] = {}
    for seq in ordered:
        found[seq] = max((found[need] + 1 for need in graph[seq]), default=0)
    return found


def critical_path(graph: Graph) -> list[str]:
    """Return a longest chain of dependencies, first to last; the earliest in order where several are as long."""
    ordered, _ = order(graph)
    level = levels(graph, ordered)
    if not level:
        return []
    seq = max(level, key=lambda each: level[each])
    chain = [seq]
    while level[seq] > 0:
        seq = next(need for need in graph[seq] if level[need] == level[seq] - 1)
        chain.append(seq)
    return chain[::-1]


def reached(graph: Graph, seq: str) -> set[str]:
    """Return all that a sequence depends on, also through others; itself only when it stands in a circle."""
    found: set[str] = set()
    queue = list(graph.get(seq, ()))
    while queue:
        need = queue.pop()
        if need not in found:
            found.add(need)
            queue.extend(graph.get(need, ()))
    return found


def circles(graph: Graph) -> dict[str, list[str]]:
    """Return for each sequence in a circle a shortest way from it back to itself, both ends included."""
    found: dict[str, list[str]] = {}
    for group in _knots(graph):
        inner = {seq: [need for need in graph[seq] if need in group] for seq in graph if seq in group}
        starts = list(inner) if len(inner) <= KNOT_LIMIT else list(inner)[:1]
        found |= {seq: _way_back(inner, seq) for seq in starts}
    return found


KNOT_LIMIT = 200
"""In a larger knot only one circle is told, to stay linear; mending it brings up the next."""


def _way_back(inner: Graph, start: str) -> list[str]:
    """Return a shortest way from a sequence back to itself by breadth-first search."""
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        seq = queue.popleft()
        for need in inner[seq]:
            if need == start:
                way = [start, seq]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return [*way[:0:-1], start] if seq != start else [start, start]
            if need not in came_from:
                came_from[need] = seq
                queue.append(need)
    return [start]


def _knots(graph: Graph) -> list[set[str]]:
    """Return the strongly connected groups that hold a circle (Kosaraju's two passes, without recursion)."""
    followers = followers_of(graph)
    seen: set[str] = set()
    knots: list[set[str]] = []
    for start in reversed(_finishing_order(graph)):
        if start not in seen:
            group = _collect(followers, start, seen)
            if len(group) > 1 or start in graph[start]:
                knots.append(group)
    return knots


def _finishing_order(graph: Graph) -> list[str]:
    """Return the sequences in the order in which a depth-first search leaves them."""
    seen: set[str] = set()
    finished: list[str] = []
    for start in graph:
        stack = [(start, False)]
        while stack:
            seq, leaving = stack.pop()
            if leaving:
                finished.append(seq)
            elif seq not in seen:
                seen.add(seq)
                stack.append((seq, True))
                stack.extend((need, False) for need in graph[seq] if need in graph and need not in seen)
    return finished


def _collect(followers: Mapping[str, Sequence[str]], start: str, seen: set[str]) -> set[str]:
    """Collect what is reached from a start and not seen yet."""
    group: set[str] = set()
    stack = [start]
    while stack:
        seq = stack.pop()
        if seq not in seen:
            seen.add(seq)
            group.add(seq)
            stack.extend(followers[seq])
    return group
