"""What each method may cost and how long it may take: list prices times given tokens, and assumptions that say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from batchpack.messages.choose import METHODS, QUEUE, SIDE_BY_SIDE, Method, Question
from batchpack.prices import Prices, Usage, price, rate

if TYPE_CHECKING:
    from batchpack.planning.rules import EstimateRules

Kind = Literal["computed", "assumed", "documented", "unknown"]

CONCURRENCY = 8
"""Direct requests at the same time, as `messages stream` has it unless told otherwise."""
TOKENS_A_SECOND = (30, 150)
OVERHEAD_SECONDS = (1, 5)
ANSWER_TOKENS = (50, 1000)
"""An answer's length where nobody said: only for the time, never for the cost."""
WINDOW = 200_000
"""Tokens that a conversation holds before it starts over."""
HOUR = 3600


class Figure(NamedTuple):
    """A range with where it comes from; nothing here is measured.

    `computed` from what was given at list prices, `assumed`, `documented` by the provider, or `unknown`, without ends.
    """

    kind: Kind
    low: float | None
    high: float | None
    why: str


class Forecast(NamedTuple):
    """A method's cost in US dollars and its time in seconds."""

    cost: Figure
    seconds: Figure


def forecast(question: Question, rules: EstimateRules, prices: Prices) -> dict[Method, Forecast]:
    """Forecast all methods side by side; `rules` are the planner's assumptions on one agent."""
    times = _times(question, rules)
    costs = _costs(question, rules, prices)
    if question.needs_tools:  # requests have none, so that such a loop is a conversation
        costs["loop"], times["loop"] = costs["conversation"], times["conversation"]
    return {method: Forecast(costs[method], times[method]) for method in METHODS}


def _costs(question: Question, rules: EstimateRules, prices: Prices) -> dict[Method, Figure]:
    """Say what each method may cost, or why that is unknown."""
    model, tokens_in, tokens_out = question.model, question.tokens_in, question.tokens_out
    if model is None or tokens_in is None or tokens_out is None:
        return dict.fromkeys(METHODS, Figure("unknown", None, None, "give --model, --tokens-in and --tokens-out"))
    if rate(model, tokens_in, prices) is None:
        why = f"the prices of {prices.as_of} have no {model}; give a table that has it with --prices"
        return dict.fromkeys(METHODS, Figure("unknown", None, None, why))
    return _Priced(question.items, model, tokens_in, tokens_out, prices).costs(rules)


class _Priced(NamedTuple):
    """Items of a known size, a model and a table that has its price."""

    items: int
    model: str
    tokens_in: int
    tokens_out: int
    prices: Prices

    def costs(self, rules: EstimateRules) -> dict[Method, Figure]:
        """Return all methods' costs."""
        plain = Usage(input=self.tokens_in * self.items, output=self.tokens_out * self.items)
        chained = Usage(input=plain.input + self.tokens_out * (self.items - 1), output=plain.output)
        single, largest = self.tokens_in, self.tokens_in + self.tokens_out
        direct = self._dollars(plain, single)
        half = self._dollars(plain, single, batch=True)
        return {
            "conversation": self._conversation(),
            "agents": self._agents(rules),
            "stream": Figure("computed", direct, direct, "your tokens at list price"),
            "batch": Figure("computed", half, half, "your tokens at half the list price"),
            "loop": Figure(
                "computed",
                direct,
                self._dollars(chained, largest),
                "your tokens at list price; high: each reads the last answer as well",
            ),
        }

    def _conversation(self) -> Figure:
        """Price a conversation in which each item reads all before it again, and which starts over when it is full."""
        size = self.tokens_in + self.tokens_out
        most = max(1, WINDOW // size)
        full, rest = divmod(self.items, most)
        earlier = size * (full * most * (most - 1) + rest * (rest - 1)) // 2
        own = Usage(input=self.tokens_in * self.items, output=self.tokens_out * self.items)
        low = self._dollars(replace(own, cache_read=earlier), self.tokens_in)
        high = self._dollars(replace(own, input=own.input + earlier), min(size * self.items, WINDOW))
        return Figure("assumed", low, high, "each item reads those before it again, from the cache or not")

    def _agents(self, rules: EstimateRules) -> Figure:
        """Price one agent an item: its own tokens besides the item's, as the planner assumes them."""
        ends = []
        for tokens, turns in ((rules.tokens["low"][0], rules.turns[0]), (rules.tokens["low"][2], rules.turns[2])):
            written = round(tokens * rules.output_share) + self.tokens_out
            read = self.tokens_in + round(tokens * (1 - rules.output_share))
            again = round((read + written) * turns / 2)
            usage = Usage(write_5m=read * self.items, cache_read=again * self.items, output=written * self.items)
            ends.append(self._dollars(usage, read))
        least, _, most = rules.tokens["low"]
        low, high = ends
        return Figure("assumed", low, high, f"an agent takes {least:,} to {most:,} tokens of its own")

    def _dollars(self, usage: Usage, prompt: int, *, batch: bool = False) -> float:
        """Return the dollars of all items' usage, at the rate for a request with so many tokens in its prompt."""
        found = rate(self.model, prompt, self.prices)
        priced = price(usage, found, self.prices, batch=batch) if found else None
        if priced is None:
            raise AssertionError(f"{self.model} has lost its price")
        return float(priced.dollars)


def _times(question: Question, rules: EstimateRules) -> dict[Method, Figure]:
    """Say how long each method may take."""
    items = question.items
    low, high = _request(question.tokens_out)
    length = "" if question.tokens_out else f" (answers of {ANSWER_TOKENS[0]} to {ANSWER_TOKENS[1]:,})"
    pace = f"{TOKENS_A_SECOND[0]} to {TOKENS_A_SECOND[1]} tokens a second{length}"
    rounds, waves, streams = -(-items // SIDE_BY_SIDE), -(-items // QUEUE), -(-items // CONCURRENCY)
    shortest, _, longest = rules.minutes["low"]
    return {
        "conversation": Figure("assumed", items * low, items * high, f"{pace}, one item after another"),
        "agents": Figure(
            "assumed", rounds * shortest * 60, rounds * longest * 60,
            f"{shortest:g} to {longest:g} minutes an agent, {SIDE_BY_SIDE} at a time",
        ),
        "stream": Figure("assumed", streams * low, streams * high, f"{pace}, {CONCURRENCY} requests at a time"),
        "batch": Figure(
            "documented", waves * HOUR, waves * 24 * HOUR,
            "most batches end within an hour, all within 24, says the provider"
            + (f"; {waves} waves of {QUEUE:,} one after another" if waves > 1 else ""),
        ),
        "loop": Figure("assumed", items * low, items * high, f"{pace}, one request after another"),
    }  # fmt: skip


def _request(tokens_out: int | None) -> tuple[float, float]:
    """Return the seconds that one request may take, at least and at most."""
    least, most = (tokens_out, tokens_out) if tokens_out else ANSWER_TOKENS
    return OVERHEAD_SECONDS[0] + least / TOKENS_A_SECOND[1], OVERHEAD_SECONDS[1] + most / TOKENS_A_SECOND[0]
