"""Tests of prices: the shipped table against an independent one, tiers, and tables of one's own."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.prices import Cost, Prices, Usage, cost, load, shipped

USAGE = Usage(input=1_000_000, output=200_000, cache_read=300_000, write_5m=40_000, write_1h=5_000)
SMALL = Usage(input=50_000, output=4_000, cache_read=30_000, write_5m=15_000, write_1h=5_000)


def oracle(model: str, usage: Usage, how: Mapping[str, str]) -> Decimal:
    """Return what genai-prices asks for the same usage; its input counts what was read and written as well."""
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counted = Counted(
            input_tokens=usage.prompt,
            output_tokens=usage.output,
            cache_read_tokens=usage.cache_read,
            cache_write_tokens=usage.write_5m + usage.write_1h,
            cache_write_1h_tokens=usage.write_1h,
        )
        return calc_price(counted, model, provider_id="anthropic", price_context=how or None).total_price


@pytest.mark.parametrize("usage", [SMALL, USAGE], ids=["small prompt", "large prompt"])
@pytest.mark.parametrize("model", sorted(shipped().models))
def test_the_table_agrees_with_an_independent_one(model: str, usage: Usage) -> None:
    """Every model costs what genai-prices says, cache and tiers included, directly and in a batch."""
    found = cost(model, usage, shipped(), batch=True)

    assert found is not None
    assert oracle(model, usage, {}) == found.standard
    assert oracle(model, usage, {"processing": "batch"}) == found.dollars


def test_a_batch_costs_half() -> None:
    """What a batch saves is half of the standard price, as Decimal without rounding."""
    found = cost("claude-haiku-4-5", Usage(input=3, output=1), shipped(), batch=True)

    assert Cost(Decimal("0.000004"), Decimal("0.000008")) == found
    assert found is not None
    assert Decimal("0.000004") == found.saved


def test_direct_calls_save_nothing() -> None:
    """Without a batch the standard price is paid."""
    found = cost("claude-haiku-4-5", USAGE, shipped(), batch=False)

    assert found is not None
    assert Decimal(0) == found.saved


@pytest.mark.parametrize("model", ["claude-haiku-4-5-20251001", "claude-haiku-4-5@20251001", "claude-haiku-4-5"])
def test_a_dated_name_is_its_model(model: str) -> None:
    """A name that ends in a date has the price of the name without it."""
    assert cost("claude-haiku-4-5", USAGE, shipped(), batch=True) == cost(model, USAGE, shipped(), batch=True)


@pytest.mark.parametrize("model", ["gpt-6", "", "claude-haiku-4-5-turbo", "claude", "claude-sonnet-5-5-5"])
def test_an_unknown_model_has_no_cost(model: str) -> None:
    """A model that the table does not name costs nothing we know, which is not 0."""
    assert cost(model, USAGE, shipped(), batch=True) is None


def test_the_tier_goes_by_the_prompt_of_a_request() -> None:
    """Up to 100,000 tokens of prompt, cache included, the small price holds; one more and all of it is dearer."""
    at = cost("claude-haiku-5-5", Usage(input=90_000, cache_read=10_000), shipped(), batch=False)
    beyond = cost("claude-haiku-5-5", Usage(input=90_001, cache_read=10_000), shipped(), batch=False)

    assert Cost(Decimal("0.0091"), Decimal("0.0091")) == at
    assert Cost(Decimal("0.0455005"), Decimal("0.0455005")) == beyond


def test_a_geography_has_its_factor_and_an_unknown_one_no_cost() -> None:
    """Inference in the United States alone costs a tenth more; elsewhere nothing is known."""
    asked = [
        cost("claude-opus-5", Usage(input=1000, geography=where), shipped(), batch=False) for where in ("us", "eu")
    ]

    assert [Cost(Decimal("0.0055"), Decimal("0.0055")), None] == asked


def test_web_searches_are_not_cheaper_in_a_batch() -> None:
    """Searches cost ten dollars a thousand either way."""
    found = cost("claude-opus-5", Usage(web_searches=100), shipped(), batch=True)

    assert Cost(Decimal(1), Decimal(1)) == found


def test_the_shipped_table_is_dated_and_names_its_source() -> None:
    """A reader can see how old a price is and where it is from."""
    assert "2026-11-21" == shipped().as_of
    assert shipped().source.startswith("https://")


ROW = {"input": 1, "output": "5", "cache_read": 0.1, "write_5m": 1.25, "write_1h": 2}


def table(folder: Path, **changes: object) -> Path:
    """Write a table of one's own."""
    facts = {"schema": 1, "as_of": "2027-01-01", "source": "a contract", "batch": 0.4, "models": {"mine": [ROW]}}
    path = folder / "prices.json"
    path.write_text(json.dumps({**facts, **changes}))
    return path


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """Numbers may be written plainly or as texts, and are exact either way."""
    prices: Prices = load(table(tmp_path))

    assert Cost(Decimal("0.04"), Decimal("0.1")) == cost("mine", Usage(cache_read=1_000_000), prices, batch=True)
    assert cost("claude-opus-5", Usage(input=1), prices, batch=True) is None
    assert cost("mine", Usage(web_searches=1), prices, batch=True) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 2}, "schema 1"),
        ({"models": {}}, "models"),
        ({"models": {"mine": {}}}, "models.mine"),
        ({"models": {"mine": [{**ROW, "output": None}]}}, "models.mine.output: a number is needed, not None"),
        ({"models": {"mine": [{**ROW, "input": -1}]}}, "models.mine.input"),
        ({"models": {"mine": [{**ROW, "input": True}]}}, "models.mine.input"),
        ({"models": {"mine": [{**ROW, "above": 5}]}}, "`above` 0"),
        ({"models": {"mine": [ROW, ROW]}}, "no two the same"),
        ({"models": {"mine": [{**ROW, "above": "5"}]}}, "`above` must be"),
        ({"batch": "half"}, "batch: a number is needed, not 'half'"),
    ],
)
def test_a_broken_table_is_told_with_the_place(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """Whatever is wrong in a table, its path and the place in it are named; no price is made up."""
    path = table(tmp_path, **changes)

    with pytest.raises(BrokenFile) as caught:
        load(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message


@pytest.mark.parametrize("text", ["{", "[]", "", '{"schema": NaN'])
def test_what_is_no_table_is_told(tmp_path: Path, text: str) -> None:
    """A file that is not a JSON object is told as that."""
    path = tmp_path / "prices.json"
    path.write_text(text)

    with pytest.raises(BrokenFile, match="JSON"):
        load(path)
