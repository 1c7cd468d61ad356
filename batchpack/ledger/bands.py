"""The bands of prices: sums of requests can be priced as long as each sum lies in one tier of its model."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from batchpack import prices
from batchpack.prices import Cost, Rate, Usage

UNKNOWN = -1
"""The band of what only tells the sum of several requests, each of which may lie in any tier."""


@cache
def edges() -> tuple[int, ...]:
    """Return where a tier of any model in the shipped list begins, from 0 up."""
    models = prices.shipped().models.values()
    return tuple(sorted({0, *(rate.above for rates in models for rate in rates)}))


def band(prompt: int, requests: int) -> int:
    """Return the edge that a prompt of so many tokens lies above."""
    known = edges()
    if prompt <= (known[1] if len(known) > 1 else prompt):
        return 0
    return known[bisect_left(known, prompt) - 1] if requests == 1 else UNKNOWN


def cost(model: str, band: int, usage: Usage, *, batch: bool) -> Cost | None:
    """Return what requests of one band cost together by the shipped list; None where that is not known."""
    found = _rate(model, band)
    return None if found is None else prices.price(usage, found, prices.shipped(), batch=batch)


@cache
def _rate(model: str, band: int) -> Rate | None:
    """Return the rate of a model in a band; one rate holds for all bands."""
    rates = prices.rates_of(model, prices.shipped())
    if band == UNKNOWN:
        return rates[0] if len(rates) == 1 else None
    fitting = [rate for rate in rates if rate.above <= band]
    return fitting[-1] if fitting else None
