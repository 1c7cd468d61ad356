"""Tests of costs: sums of usage, the bill at dated prices, and what is unknown."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from batchpack.messages.costs import Bill, Tally, bill, dollars, lines
from batchpack.prices import Usage, cost, shipped

FULL = {
    "input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 50,
    "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 10}, "service_tier": "batch",
}  # fmt: skip


def message(model: str = "claude-haiku-4-5", **usage: Any) -> dict[str, Any]:
    """Return a message that used this much."""
    return {"model": model, "usage": {"input_tokens": 1, "output_tokens": 1, "service_tier": "batch", **usage}}


def billed(*messages: dict[str, Any]) -> Bill:
    """Return the bill of some messages."""
    tally = Tally()
    for one in messages:
        tally.add(one)
    return bill(json.loads(json.dumps(tally.to_json())), shipped())


def test_all_that_is_charged_is_counted_once() -> None:
    """Cache reads and both kinds of writes have prices of their own."""
    found = billed({"model": "claude-haiku-4-5", "usage": FULL})
    expected = cost("claude-haiku-4-5", Usage(10, 20, 30, 40, 10), shipped(), batch=True)

    assert expected is not None
    assert (expected.dollars, expected.standard) == (found.dollars, found.standard)


def test_usage_is_summed_by_what_decides_its_price() -> None:
    """Whatever way a message tells that it has no cache or tier of its own, it falls into the same sum."""
    tally = Tally()
    nothing: dict[str, Any] = {"cache_read_input_tokens": None, "cache_creation_input_tokens": 0}
    for more in ({}, nothing, {**nothing, "service_tier": None}, {**nothing, "inference_geo": None}):
        tally.add(message(**more))
    tally.add(message(**nothing, inference_geo="us"))
    tally.add(message(**{**nothing, "input_tokens": 150_000}))
    found = [(row["requests"], row["input"], row["output"], row["above"], row["geography"]) for row in tally.to_json()]

    assert [(4, 4, 4, 0, ""), (1, 1, 1, 0, "us"), (1, 150_000, 1, 100_000, "")] == found


def test_writes_that_are_not_told_apart_live_five_minutes() -> None:
    """Without a breakdown the default lifetime is charged."""
    short = billed(message(cache_creation_input_tokens=1_000_000))
    told = billed(message(cache_creation_input_tokens=1_000_000, cache_creation={"ephemeral_5m_input_tokens": 10**6}))

    assert short.dollars == told.dollars


def test_tiers_are_decided_request_by_request() -> None:
    """Many small prompts stay at the small price, however much they sum up to."""
    many = billed(*[message("claude-haiku-5-5", input_tokens=60_000) for _ in range(3)])
    one = cost("claude-haiku-5-5", Usage(60_000, 1), shipped(), batch=True)
    large = billed(message("claude-haiku-5-5", input_tokens=180_000))

    assert one is not None
    assert 3 * one.dollars == many.dollars
    assert large.dollars > 4 * many.dollars


def test_direct_calls_cost_the_standard_price() -> None:
    """The tier that the service tells decides, not the way in which we think to have asked."""
    found = billed(message(service_tier="standard", input_tokens=1000))

    assert found.standard == found.dollars


def test_what_has_no_price_makes_the_sum_unknown() -> None:
    """An unknown model, a tier without a price or a message without usage is told by number; nothing is guessed."""
    found = billed(message(), message("gpt-6"), message(service_tier="priority"), {"model": "x", "usage": None})
    told = found.to_json()

    assert {"gpt-6": 1, "claude-haiku-4-5": 1, "(without usage)": 1} == found.unknown
    assert (4, None, None) == (told["messages"], told["dollars"], told["saved_dollars"])
    assert told["known_dollars"] > 0
    assert "unknown" in lines(found)[0]
    assert "the other 1 cost $0.000003" in lines(found)[0]


def test_a_saving_names_its_baseline_and_date() -> None:
    """What was saved is told against the same usage at standard price, with the age of the prices."""
    said = lines(billed(message(input_tokens=2_000_000)))[0]

    assert (
        "Cost: $1.00 at prices of 2026-11-21; saved $1.00 against $2.00 for the same usage at standard price." == said
    )


def test_nothing_was_charged_yet() -> None:
    """Without messages there is no cost to speak of."""
    assert ["Cost: nothing was charged yet."] == lines(billed())


def test_usage_of_a_message_is_told_shortly() -> None:
    """Tokens in and out are always there, the rest where there is any."""
    assert '{"input":1,"output":1}' == Tally().add(message())
    assert '{"input":10,"output":20,"cache_read":30,"write_5m":40,"write_1h":10}' == Tally().add(
        {"model": "m", "usage": FULL}
    )


def test_small_amounts_are_not_rounded_away() -> None:
    """A cent's part is told with six digits."""
    assert ["$0.00", "$0.000347", "$1,234.50"] == [dollars(Decimal(one)) for one in ("0", "0.000347", "1234.5")]
