"""The values of a run."""

from __future__ import annotations

from batchpack.item_runs.values import TRIES
from tests.item_runs.conftest import Make


def test_an_answer_has_one_repair(options: Make) -> None:
    """An answer is asked for twice at most, an item a call is the usual, and nothing is an act unless it is said."""
    usual = options()

    assert (2, "item", None) == (TRIES, usual.per, usual.act)
