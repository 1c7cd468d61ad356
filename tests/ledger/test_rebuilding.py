"""Sums made anew are the sums that were kept."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack import ledger
from batchpack.collector import Used
from batchpack.database import transaction
from batchpack.ledger import KEYS, rebuilding
from tests.support.ledgers import HAIKU, QUARTER, T, put, used

TOLD = st.builds(
    lambda key, at, tokens, batch: used(key, at=at, model=HAIKU, input=tokens, batch=batch, dollars=tokens / 7),
    st.sampled_from("abc"), st.sampled_from([0, T, T - QUARTER]), st.sampled_from([1, 2, 200_000]), st.booleans(),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(TOLD, max_size=8))
def test_nothing_changes_by_it(facts: list[Used]) -> None:
    """However requests grew and moved, the sums kept with them are those that their rows come to."""
    with ledger.open(Path("/nowhere/m.sqlite"), readonly=True) as book:
        for one in facts:
            put(book, one)
        kept = book.totals(KEYS)
        with transaction(book._connection):
            rebuilding.rebuild(book._connection)

        assert kept == book.totals(KEYS)
