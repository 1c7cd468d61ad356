"""The index of claims: it finds the same overlaps as comparing each with each."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.tasks.claims import claims_of, locks_of
from batchpack.tasks.overlap import clashes
from batchpack.tasks.shelf import Shelf

DELIVERABLES = (
    "a.ts", "lib/", "lib/x.ts", "lib/**", "**/*.ts", "lib/*/y.ts", "lib/z/y.ts", ".", "package.json", "yarn.lock",
    "web/package.json", "web/yarn.lock", "dist/a", "docs",
)  # fmt: skip
tasks = st.lists(st.sampled_from(DELIVERABLES), min_size=1, max_size=2, unique=True)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(tasks, st.integers(0, 5)), max_size=8), tasks)
def test_like_comparing_each(held: list[tuple[list[str], int]], asked: list[str]) -> None:
    """The last batch that overlaps is the one that comparing each with each finds."""
    shelf = Shelf()
    claims = claims_of(asked) or ()
    for deliverables, batch in held:
        theirs = claims_of(deliverables) or ()
        shelf.put(theirs, tuple(locks_of(theirs)), batch)
    expected = max((batch for each, batch in held if clashes(claims_of(each) or (), claims)), default=-1)
    assert expected == shelf.latest(claims, tuple(locks_of(claims)))


def test_without_budget() -> None:
    """When too much was compared, what is left counts as overlapping: the safe side."""
    shelf = Shelf(budget=0)
    shelf.put(claims_of(["**/*.md"]) or (), (), 3)
    assert shelf.latest(claims_of(["src/a.ts"]) or (), ()) == 3
