"""Costs and times of the methods: exact where they are computed, said to be assumed where they are, else unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack import places
from batchpack.messages.choose import METHODS, Method, Question
from batchpack.messages.forecast import Forecast, forecast
from batchpack.planning import load_roster
from batchpack.prices import shipped

RULES = load_roster([places.pack_root()]).estimate
MODEL = "claude-sonnet-5-5"


def ahead(question: Question) -> dict[Method, Forecast]:
    """Forecast with the pack's own assumptions and prices."""
    return forecast(question, RULES, shipped())


def test_direct_requests_and_batches_are_tokens_times_price() -> None:
    """100 items of 3,000 tokens in and 500 out cost $1.10 directly at $2 and $10 a million, half in a batch."""
    found = ahead(Question(100, tokens_in=3000, tokens_out=500, model=MODEL))
    assert ("computed", 1.10, 1.10) == found["stream"].cost[:3]
    assert ("computed", 0.55, 0.55) == found["batch"].cost[:3]


def test_a_loop_may_read_the_answer_before() -> None:
    """The high end adds an answer's tokens to each prompt but the first: 99 times 500 at $2 a million."""
    cost = ahead(Question(100, tokens_in=3000, tokens_out=500, model=MODEL))["loop"].cost
    assert 1.10 == cost.low
    assert cost.high == pytest.approx(1.10 + 99 * 500 * 2 / 1_000_000)


def test_a_long_prompt_has_the_price_of_its_tier() -> None:
    """A model whose price grows with the prompt is priced by an item's prompt, not by the sum."""
    small = ahead(Question(100, tokens_in=1000, tokens_out=100, model="claude-haiku-5-5"))["stream"].cost
    large = ahead(Question(100, tokens_in=150_000, tokens_out=100, model="claude-haiku-5-5"))["stream"].cost
    assert small.low == pytest.approx((100_000 * 0.10 + 10_000 * 0.50) / 1e6)
    assert large.low == pytest.approx((15_000_000 * 0.50 + 10_000 * 2.50) / 1e6)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (Question(9), "give --model"),
        (Question(9, model=MODEL), "give --model"),
        (Question(9, tokens_in=5, tokens_out=5, model="gpt-9"), "have no gpt-9"),
    ],
)
def test_what_is_not_known_is_unknown(question: Question, why: str) -> None:
    """Without tokens, model or price no method has a cost: neither 0 nor a guess."""
    for found in ahead(question).values():
        assert ("unknown", None, None) == found.cost[:3]
        assert why in found.cost.why


def test_nothing_is_said_to_be_measured() -> None:
    """Each figure is computed, assumed, documented or unknown, and says where it comes from."""
    found = ahead(Question(100, tokens_in=3000, tokens_out=500, model=MODEL))
    kinds = {each.cost.kind for each in found.values()} | {each.seconds.kind for each in found.values()}
    assert {"computed", "assumed", "documented"} == kinds
    assert all(each.cost.why and each.seconds.why for each in found.values())


def test_a_loop_with_tools_is_a_conversation() -> None:
    """Requests have no tools: the loop's figures are then those of the conversation that carries it out."""
    found = ahead(Question(9, dependent=True, needs_tools=True, tokens_in=5, tokens_out=5, model=MODEL))
    assert found["conversation"] == found["loop"]


def test_a_conversation_that_is_full_starts_over() -> None:
    """The tokens read again grow with the square of the items only up to the window, then evenly."""
    one, two, three = (
        ahead(Question(items, tokens_in=900, tokens_out=100, model=MODEL))["conversation"].cost.high
        for items in (200, 400, 600)
    )
    assert one is not None
    assert two is not None
    assert three is not None
    assert three - two == pytest.approx(two - one)


def test_a_million_items_are_waves_of_batches() -> None:
    """What an organisation may queue bounds a wave; waves come one after another."""
    assert (3600 * 5, 86400 * 5) == ahead(Question(1_000_000))["batch"].seconds[1:3]


@given(st.integers(1, 10**7), st.integers(1, 10**6), st.integers(1, 10**5), st.sampled_from(sorted(shipped().models)))
def test_ranges_hold_together(items: int, tokens_in: int, tokens_out: int, model: str) -> None:
    """Low is never above high, nothing is negative, and a batch is half of direct requests."""
    found = ahead(Question(items, tokens_in=tokens_in, tokens_out=tokens_out, model=model))
    assert list(METHODS) == list(found)
    for figure in [each for one in found.values() for each in one]:
        assert figure.low is not None
        assert figure.high is not None
        assert 0 < figure.low <= figure.high
    assert found["batch"].cost.low == pytest.approx((found["stream"].cost.low or 0) / 2)
