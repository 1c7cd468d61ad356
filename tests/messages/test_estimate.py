"""Estimates: by a sample or by characters, each saying so; a budget is kept or the job refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from batchpack import prices
from batchpack.messages import estimate
from batchpack.messages.begin import Draft
from batchpack.messages.estimate import OverBudget
from tests.support.message_batches import Service
from tests.support.message_desks import MODEL, draft_of, order_of, provider_of

PARAMS = {"model": MODEL, "max_tokens": 50}


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """Write nine requests."""
    return draft_of(tmp_path, order_of(tmp_path, provider_of(monkeypatch)))


def test_by_characters(draft: Draft) -> None:
    """Without a key four characters are a token, and the estimate says so; all that is allowed comes out."""
    found = estimate.make(draft, PARAMS, prices.shipped(), None, sample=3, tokens_out=None)

    assert "4 characters a token" in found.method
    assert (9, 450) == (found.requests, found.tokens_out)
    assert found.tokens_in == pytest.approx(draft.sample.bytes / 4, rel=0.05)
    assert found.dollars is not None
    assert found.standard == pytest.approx(found.dollars * 2)


def test_by_count_tokens(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key a sample is counted by the service, and only that; the expected output counts instead of the most."""
    with Service() as service:
        client = provider_of(monkeypatch).connect(service.url)
        found = estimate.make(draft, PARAMS, prices.shipped(), client, sample=3, tokens_out=10)
        calls = service.stats()["calls"]

    assert {"count_tokens": 3} == calls
    assert ("count_tokens of 3 requests", 90) == (found.method, found.tokens_out)


def test_an_unknown_price_is_unknown(draft: Draft) -> None:
    """A model without a price has no cost, and a budget cannot be kept then."""
    found = estimate.make(draft, {**PARAMS, "model": "fake-1"}, prices.shipped(), None, sample=3, tokens_out=None)

    assert (None, None) == (found.dollars, found.to_json()["dollars"])
    with pytest.raises(OverBudget, match="not known"):
        estimate.check_budget(found, Decimal(1000))
    estimate.check_budget(found, None)


def test_a_budget_is_kept(draft: Draft) -> None:
    """An estimate above the budget is refused with both figures; one within it passes."""
    found = estimate.make(draft, PARAMS, prices.shipped(), None, sample=3, tokens_out=1_000_000)

    with pytest.raises(OverBudget, match=r"\$2\.25 is above the budget of \$2"):
        estimate.check_budget(found, Decimal(2))
    estimate.check_budget(found, Decimal(3))
