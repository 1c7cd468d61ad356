"""The plan as a graph: layers are columns, a layer in which tasks wait for each other takes several."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from batchpack.metrics.values import Record

WIDTH, HEIGHT, ACROSS, DOWN, TOP, EDGE = 150, 26, 210, 34, 34, 12
MOST_LINES = 1500
"""More lines than these show nothing any more; then only those of the critical path are drawn."""
LETTERS = 17


@dataclass(frozen=True, slots=True)
class Node:
    """A task's place in the picture, in pixels from its top left corner."""

    x: int
    y: int
    word: str
    name: str
    state: str
    end: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture: `lines` and `critical` are paths, `columns` the layers with the left edge of each.

    `drawn` of `dependencies` are in the picture.
    """

    width: int
    height: int
    nodes: tuple[Node, ...]
    columns: tuple[tuple[int, str], ...]
    lines: str
    critical: str
    drawn: int
    dependencies: int


def draw(record: Record, critical: Collection[tuple[str, str]]) -> Graph:
    """Lay the tasks out; `critical` are the dependencies of the critical path, each as (waited for, waiting)."""
    columns, heads = _columns(record)
    marked = {name for pair in critical for name in pair}
    rows = dict[int, int]()
    nodes = dict[str, Node]()
    for task in record.tasks:
        column = columns[task.name]
        row = rows[column] = rows.get(column, -1) + 1
        word = task.name if len(task.name) <= LETTERS else f"{task.name[: LETTERS - 1]}…"
        place = (EDGE + column * ACROSS, TOP + row * DOWN)
        nodes[task.name] = Node(*place, word, task.name, task.state.replace("_", " "), task.end, task.name in marked)
    pairs = [(need, task.name) for task in record.tasks for need in task.depends_on if need in nodes]
    path = [pair for pair in pairs if pair in critical]
    others = [pair for pair in pairs if pair not in critical] if len(pairs) <= MOST_LINES else []
    return Graph(
        width=EDGE * 2 + (max(rows, default=0) * ACROSS) + WIDTH,
        height=TOP + max(rows.values(), default=0) * DOWN + DOWN + EDGE,
        nodes=tuple(nodes.values()),
        columns=tuple((EDGE + column * ACROSS, name) for name, column in heads.items()),
        lines="".join(_line(nodes[a], nodes[b]) for a, b in others),
        critical="".join(_line(nodes[a], nodes[b]) for a, b in path),
        drawn=len(others) + len(path),
        dependencies=len(pairs),
    )


def _columns(record: Record) -> tuple[dict[str, int], dict[str, int]]:
    """Return each task's column, and each layer's first."""
    depths = _depths(record)
    heads, columns, first = dict[str, int](), dict[str, int](), 0
    members: dict[str, list[str]] = {group: [] for group in record.groups}
    for task in record.tasks:
        members.setdefault(task.group, []).append(task.name)
    for group, names in members.items():
        heads[group] = first
        columns |= {name: first + depths[name] for name in names}
        first += 1 + max((depths[name] for name in names), default=0)
    return columns, heads


def _depths(record: Record) -> dict[str, int]:
    """Return for each task the longest chain of tasks of its own layer that it waits for."""
    tasks = {task.name: task for task in record.tasks}
    depths, waiting = dict[str, int](), [task.name for task in reversed(record.tasks)]
    open_ = set[str]()
    while waiting:
        name = waiting[-1]
        inner = [need for need in tasks[name].depends_on if need in tasks and tasks[need].group == tasks[name].group]
        missing = [need for need in inner if need not in depths and need not in open_]
        if missing and name not in depths:
            open_.add(name)
            waiting += missing
            continue
        waiting.pop()
        open_.discard(name)
        depths.setdefault(name, 1 + max((depths.get(need, -1) for need in inner), default=-1))
    return depths


def _line(one: Node, other: Node) -> str:
    """Draw a line from the right of one node to the left of another, as a part of a path."""
    x, y, to_x, to_y = one.x + WIDTH, one.y + HEIGHT // 2, other.x, other.y + HEIGHT // 2
    bend = max(24, (to_x - x) // 2)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
