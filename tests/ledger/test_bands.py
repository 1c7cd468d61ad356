"""Bands of prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import prices
from batchpack.ledger import bands
from batchpack.prices import Usage
from tests.support.ledgers import HAIKU, OPUS

MODELS = [*prices.shipped().models, f"{OPUS}-20260101", "gpt-9"]


@given(st.sampled_from(MODELS), st.sampled_from([0, 1, 99_999, 100_000, 100_001, 200_000, 200_001, 10**9]))
def test_a_request_costs_the_same_by_its_band(model: str, prompt: int) -> None:
    """The price by band is the price of the request alone, on both sides of each edge."""
    usage = Usage(prompt, 10)

    assert prices.cost(model, usage, prices.shipped(), batch=True) == bands.cost(
        model, bands.band(prompt, 1), usage, batch=True
    )


@pytest.mark.parametrize(("prompt", "band"), [(0, 0), (100_000, 0), (100_001, bands.UNKNOWN)])
def test_a_sum_has_a_band_where_none_of_it_can_lie_higher(prompt: int, band: int) -> None:
    """Requests that are told as one sum lie below an edge where the sum does, else nobody knows."""
    assert band == bands.band(prompt, 2)


def test_an_unknown_band_is_priced_where_there_is_one_rate() -> None:
    """A model whose rate is the same for all prompts needs no band."""
    usage = Usage(1_000_000)
    found = bands.cost(OPUS, bands.UNKNOWN, usage, batch=False)

    assert (Decimal(5), None) == (found and found.dollars, bands.cost(HAIKU, bands.UNKNOWN, usage, batch=False))
