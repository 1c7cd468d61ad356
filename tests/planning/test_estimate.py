"""Estimates: sums, prices, baseline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchpack.planning import Plan, Range, Roster, make_plan

FULL = "Build user authentication with React frontend, Go backend, tests, security review, Docker and benchmarks"


def ends(span: Range) -> tuple[float, float, float]:
    """Return a range as a tuple."""
    return span.low, span.likely, span.high


@pytest.fixture(scope="module")
def plan(roster: Roster) -> Plan:
    """Return a plan of many agents."""
    return make_plan(FULL, roster)


@pytest.mark.parametrize("what", ["tokens", "reread", "dollars"])
def test_parts_add_up(what: str, plan: Plan) -> None:
    """The total is the sum of a part an agent and one for coordination, at each end of the range."""
    assert [*(agent.name for agent in plan.agents), "coordination"] == [part.name for part in plan.estimate.parts]
    columns = zip(*(ends(getattr(part, what)) for part in plan.estimate.parts), strict=True)
    assert pytest.approx([sum(column) for column in columns]) == ends(getattr(plan.estimate.total, what))


def test_minutes_add_up_by_batches(plan: Plan) -> None:
    """Agents of a batch work at the same time: the total is the longest of each batch, and the coordination."""
    minutes = {part.name: ends(part.minutes) for part in plan.estimate.parts}
    longest = [[max(minutes[task][end] for task in batch.tasks) for batch in plan.batches] for end in range(3)]
    wanted = [sum(column) + minutes["coordination"][end] for end, column in enumerate(longest)]
    assert pytest.approx(wanted) == ends(plan.estimate.total.minutes)


def test_ranges_rise(plan: Plan) -> None:
    """Low is at most likely, likely at most high."""
    for cost in (*plan.estimate.parts, plan.estimate.total, plan.estimate.baseline):
        for span in (cost.tokens, cost.reread, cost.dollars, cost.minutes):
            assert list(ends(span)) == sorted(ends(span))


def test_ten_agents_all_at_once_are_two_million_tokens(roster: Roster) -> None:
    """The baseline is a full window for every agent."""
    plan = make_plan(FULL, roster)
    assert len(plan.agents) * 200_000 == plan.estimate.baseline.tokens.likely


def test_the_saving_is_computed_from_the_likely_tokens(plan: Plan) -> None:
    """The saving is one minus the ratio of the likely tokens."""
    estimate = plan.estimate
    assert round(100 * (1 - estimate.total.tokens.likely / estimate.baseline.tokens.likely)) == estimate.saving_percent


def test_one_agent_saves_nothing(roster: Roster) -> None:
    """With one agent there is nothing to compare."""
    assert make_plan("Fix it", roster).estimate.saving_percent is None


def test_every_figure_has_a_source(plan: Plan) -> None:
    """Tokens, time, dollars and the baseline say where they come from; assumptions are called so."""
    sources = plan.estimate.sources
    assert {"tokens", "time", "dollars", "all at once"} == set(sources)
    assert all("assumed" in sources[name] for name in ("tokens", "time", "all at once"))


def test_prices_are_those_of_the_oracle(roster: Roster) -> None:
    """The list prices agree with an independent table on the day that the roster names."""
    from genai_prices import Usage, calc_price

    day = datetime(2026, 11, 21, tzinfo=UTC)
    million, rules = 1_000_000, roster.estimate
    usages = {
        "output": Usage(output_tokens=million),
        "cache_write": Usage(input_tokens=million, cache_write_tokens=million),
        "cache_read": Usage(input_tokens=million, cache_read_tokens=million),
    }
    for kind, usage in usages.items():
        price = calc_price(usage, model_ref=rules.model, provider_id="anthropic", genai_request_timestamp=day)
        assert pytest.approx(float(price.total_price)) == rules.prices[kind], kind
    assert f"{day:%Y-%m-%d}" in rules.sources["dollars"]
