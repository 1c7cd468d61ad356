"""The plan as a graph."""

from __future__ import annotations

from batchpack.metrics import graph
from tests.support.records import attempt, done, record


def test_layers_are_columns() -> None:
    """A layer whose tasks wait for each other takes several; lines of the critical path are apart."""
    run = record(
        done("a", attempt(0, 1), settled=1),
        done("b", attempt(1, 2), settled=2, after=("a",)),
        done("c", attempt(2, 3), settled=3, after=("a", "b"), group="two"),
    )

    drawn = graph.draw(run, [("b", "c")])
    places = {node.name: (node.x, node.y) for node in drawn.nodes}

    assert places["a"][0] < places["b"][0] < places["c"][0]
    assert ["one", "two"] == [name for _, name in drawn.columns]
    assert (3, 3) == (drawn.drawn, drawn.dependencies)
    assert (2, 1) == (drawn.lines.count("M"), drawn.critical.count("M"))
    assert all(node.x + graph.WIDTH <= drawn.width and node.y + graph.HEIGHT <= drawn.height for node in drawn.nodes)


def test_too_many_lines_are_not_drawn() -> None:
    """Beyond a limit only the critical path's are, and the numbers say so."""
    names = tuple(f"a{number}" for number in range(50))
    first = [done(name, attempt(0, 1), settled=1) for name in names]
    second = [done(f"b{name}", attempt(1, 2), settled=2, after=names, group="two") for name in names]

    drawn = graph.draw(record(*first, *second), [("a1", "ba2")])

    assert (1, 2500) == (drawn.drawn, drawn.dependencies)
    assert "" == drawn.lines


def test_a_circle_or_a_stranger_does_no_harm() -> None:
    """Hosts' plans are read from files; a circle is drawn as it stands, an unknown name is passed over."""
    run = record(
        done("a", attempt(0, 1), settled=1, after=("b",)), done("b", attempt(0, 1), settled=1, after=("a", "gone"))
    )

    assert 2 == graph.draw(run, []).dependencies


def test_a_long_chain_is_laid_out() -> None:
    """A thousand tasks in a row take a thousand columns."""
    chain = [done(f"t{n}", attempt(n, n + 1), settled=n + 1, after=(f"t{n - 1}",) if n else ()) for n in range(1000)]

    assert 999 * graph.ACROSS + graph.EDGE == max(node.x for node in graph.draw(record(*chain), []).nodes)
