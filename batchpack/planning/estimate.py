"""What a plan may take in tokens, dollars and minutes: assumptions times list prices, never a measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from batchpack.planning.rules import EstimateRules
from batchpack.planning.values import Batch, Cost, Estimate, Range

MILLION = 1_000_000
COORDINATION = "coordination"


def estimate(tasks: Sequence[str], batches: Sequence[Batch], band: str, rules: EstimateRules) -> Estimate:
    """Return the estimate of a plan: each agent's part and the coordination's, added up, and the naive baseline."""
    minutes = Range(*rules.minutes[band])
    parts = [_cost(task, Range(*rules.tokens[band]), minutes, rules) for task in tasks]
    parts.append(_coordination(len(tasks), len(batches), rules))
    waited = _sum([minutes] * len(batches) + [parts[-1].minutes])
    total = _total("total", parts, waited)
    baseline = _baseline(len(tasks), minutes, rules)
    saving = round(100 * (1 - total.tokens.likely / baseline.tokens.likely)) if len(tasks) > 1 else None
    return Estimate(tuple(parts), total, baseline, saving, dict(rules.sources))


def _coordination(tasks: int, batches: int, rules: EstimateRules) -> Cost:
    """Estimate what the session that runs the plan reads and writes itself: an amount an agent, minutes a batch."""
    tokens = _times(Range(*rules.coordination_tokens), tasks)
    return _cost(COORDINATION, tokens, _times(Range(*rules.coordination_minutes), batches), rules)


def _baseline(tasks: int, minutes: Range, rules: EstimateRules) -> Cost:
    """Estimate the naive way: all agents at once, each filling half (low) or all (likely, high) of its window."""
    window = Range(rules.window // 2, rules.window, rules.window)
    one = _cost("agent", window, minutes, rules)
    return _total("all at once", [one] * tasks, minutes)


def _total(name: str, parts: Sequence[Cost], minutes: Range) -> Cost:
    """Add up parts; the minutes are told, since agents of a batch work at the same time."""
    return Cost(
        name,
        tokens=_sum(part.tokens for part in parts),
        reread=_sum(part.reread for part in parts),
        dollars=_sum(part.dollars for part in parts),
        minutes=minutes,
    )


def _cost(name: str, tokens: Range, minutes: Range, rules: EstimateRules) -> Cost:
    """Price tokens: what is written, what is read for the first time, and what each turn reads again from the cache.

    A context grows evenly from nothing to `tokens`, so that a turn reads half of that again.
    """
    turns = Range(*rules.turns)
    reread = _map(lambda amount, count: round(amount * count / 2), tokens, turns)
    return Cost(name, tokens, reread, _map(lambda a, b: _dollars(a, b, rules), tokens, reread), minutes)


def _dollars(tokens: float, reread: float, rules: EstimateRules) -> float:
    """Return the list price, to a hundredth of a cent."""
    written = tokens * rules.output_share
    prices = rules.prices
    amount = written * prices["output"] + (tokens - written) * prices["cache_write"] + reread * prices["cache_read"]
    return round(amount / MILLION, 4)


def _map(make: Callable[[float, float], float], first: Range, second: Range) -> Range:
    """Combine two ranges end by end."""
    return Range(make(first.low, second.low), make(first.likely, second.likely), make(first.high, second.high))


def _times(one: Range, count: int) -> Range:
    """Multiply a range."""
    return Range(round(one.low * count, 4), round(one.likely * count, 4), round(one.high * count, 4))


def _sum(ranges: Iterable[Range]) -> Range:
    """Add ranges up, end by end."""
    found = list(ranges)
    ends = ((each.low for each in found), (each.likely for each in found), (each.high for each in found))
    return Range(*(round(sum(end), 4) for end in ends))
