"""What a set of messages was charged for: usage gathered in a few sums, and its cost at dated prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchpack.prices import Prices

STEPS = (0, 100_000, 200_000)
"""Sizes of prompts, in tokens, at which prices are known to change; sums are kept apart by them."""
COUNTS = ("requests", "input", "output", "cache_read", "write_5m", "write_1h", "web_searches")
BATCH = "batch"
NO_USAGE = "(without usage)"
"""What a message that does not say what it used counts as; it has no price."""

Key = tuple[str, int, str, str]
"""Model, the step that the prompt lies above, service tier, geography."""

_counts = itemgetter("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


class Tally:
    """Sums of usage, kept apart by all that decides a price."""

    def __init__(self) -> None:
        self.sums: dict[Key, list[int]] = {}
        self._small: dict[tuple[str, str | None, str | None], list[int]] = {}  # of small prompts, as they are told

    def add(self, message: Mapping[str, Any]) -> str:
        """Count a message's usage in; returns its own counts as JSON: tokens in and out, and the rest where any is."""
        try:
            usage = message["usage"]
            given, written, read, stored = _counts(usage)
        except (KeyError, TypeError):
            return self._add_any(message)
        if read or stored or not given or not written or given > STEPS[1] or usage.get("server_tool_use"):
            return self._add_any(message)
        group = (message["model"], usage.get("service_tier"), usage.get("inference_geo"))
        sums = self._small.get(group)
        if sums is None:
            sums = self._small[group] = self._group(message["model"], 0, usage)
        sums[0] += 1
        sums[1] += given
        sums[2] += written
        return f'{{"input":{given},"output":{written}}}'

    def _add_any(self, message: Mapping[str, Any]) -> str:
        """Count in usage of any kind: with a cache, searches or a large prompt, or none at all."""
        usage = message.get("usage") or {}
        given, written = usage.get("input_tokens") or 0, usage.get("output_tokens") or 0
        rest = rest_of(usage)
        prompt = given + rest[0] + rest[1] + rest[2]
        above = 0 if prompt <= STEPS[1] else STEPS[2] if prompt > STEPS[2] else STEPS[1]
        sums = self._group(message["model"] if usage else NO_USAGE, above, usage)
        for at, count in enumerate((1, given, written, *rest)):
            sums[at] += count
        more = "".join(f',"{name}":{count}' for name, count in zip(COUNTS[3:], rest, strict=True) if count)
        return f'{{"input":{given},"output":{written}{more}}}'

    def _group(self, model: str, above: int, usage: Mapping[str, Any]) -> list[int]:
        """Return the sums that a message's usage belongs to."""
        key = (model, above, usage.get("service_tier") or BATCH, usage.get("inference_geo") or "")
        return self.sums.setdefault(key, [0] * len(COUNTS))

    def to_json(self) -> list[dict[str, Any]]:
        """Return the sums as facts for a journal."""
        return [
            {"model": model, "above": above, "tier": tier, "geography": place, **dict(zip(COUNTS, sums, strict=True))}
            for (model, above, tier, place), sums in sorted(self.sums.items())
        ]


def rest_of(usage: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Return what was read from the cache, written to it for five minutes and for an hour, and searched for.

    Writes whose time is not told live for five minutes, the default.
    """
    read, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    tools = usage.get("server_tool_use")
    hour = (usage.get("cache_creation") or {}).get("ephemeral_1h_input_tokens") or 0 if written else 0
    searches = (tools.get("web_search_requests") or 0) if tools else 0
    return read or 0, (written or 0) - hour, hour, searches


@dataclass(frozen=True, slots=True)
class Bill:
    """What a set of messages costs as far as it is known, and what the same usage costs at standard price.

    `unknown` counts messages without a price by their model; while there are any, the sums are lower bounds.
    """

    dollars: Decimal
    standard: Decimal
    messages: int
    unknown: Mapping[str, int]
    as_of: str
    source: str

    @property
    def known(self) -> bool:
        """Tell whether all of it has a price."""
        return not self.unknown

    def to_json(self) -> dict[str, Any]:
        """Return the bill as facts: dollars and saving None where anything has no price."""
        return {
            "dollars": float(self.dollars) if self.known else None,
            "standard_dollars": float(self.standard) if self.known else None,
            "saved_dollars": float(self.standard - self.dollars) if self.known else None,
            "baseline": "the same usage at standard price",
            "known_dollars": float(self.dollars),
            "messages": self.messages,
            "unknown": dict(self.unknown),
            "prices_as_of": self.as_of,
            "prices_source": self.source,
        }


def bill(sums: Iterable[Mapping[str, Any]], prices: Prices) -> Bill:
    """Add up what sums of usage cost; tiers other than standard and batch have no price here."""
    from batchpack.prices import Usage, price, rate

    dollars = standard = Decimal(0)
    messages, unknown = 0, dict[str, int]()
    for one in sums:
        messages += one["requests"]
        found = rate(one["model"], one["above"] + 1, prices) if _fits(one, prices) else None
        usage = Usage(**{name: one[name] for name in COUNTS[1:]}, geography=one["geography"])
        cost = price(usage, found, prices, batch=one["tier"] == BATCH) if found else None
        if cost is None or one["tier"] not in {BATCH, "standard"}:
            unknown[one["model"]] = unknown.get(one["model"], 0) + one["requests"]
        else:
            dollars, standard = dollars + cost.dollars, standard + cost.standard
    return Bill(dollars, standard, messages, unknown, prices.as_of, prices.source)


def _fits(one: Mapping[str, Any], prices: Prices) -> bool:
    """Tell whether a model's prices change only at sizes at which the sums were kept apart."""
    from batchpack.prices import rates_of

    return all(each.above in STEPS for each in rates_of(one["model"], prices))


def lines(found: Bill) -> list[str]:
    """Say a bill in a line or two, with what the saving is measured against and how old the prices are."""
    if not found.messages:
        return ["Cost: nothing was charged yet."]
    if found.known:
        saved = found.standard - found.dollars
        spent = f"Cost: {dollars(found.dollars)} at prices of {found.as_of}"
        if not saved:
            return [f"{spent}."]
        return [
            f"{spent}; saved {dollars(saved)} against {dollars(found.standard)} for the same usage at standard price."
        ]
    named = ", ".join(f"{count:,} of {model}" for model, count in sorted(found.unknown.items()))
    told = f"; the other {found.messages - sum(found.unknown.values()):,} cost {dollars(found.dollars)}"
    rest = told if sum(found.unknown.values()) < found.messages else ""
    return [f"Cost: unknown: no price for {named} answers in the table of {found.as_of}{rest}."]


def dollars(amount: Decimal) -> str:
    """Write an amount with cents, and with as many more digits as a small one needs."""
    if amount and abs(amount) < Decimal("0.01"):
        return f"${amount:.6f}".rstrip("0")
    return f"${amount:,.2f}"
