"""What tokens cost at dated prices; a model without a price has no cost, never a guess and never 0."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile
from batchpack.files import read_text

SCHEMA = 1
MILLION, THOUSAND = Decimal(1_000_000), Decimal(1_000)
ANYWHERE = frozenset({"", "global", "not_available"})
"""The geographies that have the plain price."""
_DATED = re.compile(r"[-@][0-9]{8}$")
_KEYS = ("as_of", "source", "batch", "models")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that are charged, each counted once: `input` is neither read from nor written to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    web_searches: int = 0
    geography: str = ""

    @property
    def prompt(self) -> int:
        """Count what decides the tier: all tokens that went in."""
        return self.input + self.cache_read + self.write_5m + self.write_1h


@dataclass(frozen=True, slots=True)
class Rate:
    """Dollars per million tokens, for prompts of more than `above` tokens."""

    above: int
    input: Decimal
    output: Decimal
    cache_read: Decimal
    write_5m: Decimal
    write_1h: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """A dated table: the rates of a model from its smallest prompts up, and what changes them."""

    as_of: str
    source: str
    batch: Decimal
    models: Mapping[str, tuple[Rate, ...]]
    geographies: Mapping[str, Decimal]
    web_searches: Decimal | None


@dataclass(frozen=True, slots=True)
class Cost:
    """Dollars, and what the same usage costs as direct calls at standard price."""

    dollars: Decimal
    standard: Decimal

    @property
    def saved(self) -> Decimal:
        """Return the difference to the standard price."""
        return self.standard - self.dollars


def cost(model: str, usage: Usage, prices: Prices, *, batch: bool) -> Cost | None:
    """Return what one request costs, in dollars; None where the model, the geography or a search has no price.

    Tiers go by the prompt of a request. To price a sum of requests, sum those of one tier (see `rate`) and use `price`.
    """
    found = rate(model, usage.prompt, prices)
    return None if found is None else price(usage, found, prices, batch=batch)


def rate(model: str, prompt: int, prices: Prices) -> Rate | None:
    """Return the rate of a model for a prompt of so many tokens; a dated name of a model counts as the model."""
    fitting = [one for one in rates_of(model, prices) if prompt > one.above or one.above == 0]
    return fitting[-1] if fitting else None


def rates_of(model: str, prices: Prices) -> tuple[Rate, ...]:
    """Return all rates of a model, those of small prompts first; none for a model that has no price."""
    return prices.models.get(model) or prices.models.get(_DATED.sub("", model)) or ()


def price(usage: Usage, found: Rate, prices: Prices, *, batch: bool) -> Cost | None:
    """Return what usage costs at a rate; a batch is cheaper by its factor, web searches are not."""
    factor = Decimal(1) if usage.geography in ANYWHERE else prices.geographies.get(usage.geography)
    if factor is None or (usage.web_searches and prices.web_searches is None):
        return None
    pairs = ((getattr(usage, name), getattr(found, name)) for name in _TOKENS)
    tokens = sum((count * each for count, each in pairs), Decimal(0)) * factor / MILLION
    searches = usage.web_searches * (prices.web_searches or Decimal(0)) / THOUSAND
    return Cost(tokens * (prices.batch if batch else 1) + searches, tokens + searches)


_TOKENS = tuple(field.name for field in fields(Rate) if field.name != "above")


@cache
def shipped() -> Prices:
    """Return the table that comes with the program."""
    return load(Path(__file__).with_name("prices.json"))


def load(path: Path) -> Prices:
    """Read a table of prices in the form of the shipped one; raises BrokenFile naming the place."""
    facts = _parse(path)
    missing = [key for key in _KEYS if key not in facts]
    if missing or facts.get("schema") != SCHEMA:
        raise BrokenFile(path, f"a table of prices has schema {SCHEMA} and the keys {', '.join(_KEYS)}")
    if not isinstance(facts["models"], dict) or not facts["models"]:
        raise BrokenFile(path, "models: a mapping from names of models to lists of rates is needed")
    geographies = facts.get("geographies") or {}
    return Prices(
        as_of=str(facts["as_of"]),
        source=str(facts["source"]),
        batch=_number(path, "batch", facts["batch"]),
        models={name: _rates(path, name, rows) for name, rows in facts["models"].items()},
        geographies={name: _number(path, f"geographies.{name}", value) for name, value in geographies.items()},
        web_searches=_number(path, "web_searches", facts["web_searches"]) if "web_searches" in facts else None,
    )


def _parse(path: Path) -> dict[str, Any]:
    """Return a JSON object from a file."""
    try:
        found = json.loads(read_text(path), parse_float=Decimal)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BrokenFile(path, f"it is not JSON: {error}", line) from error
    if not isinstance(found, dict):
        raise BrokenFile(path, "it is not a JSON object")
    return found


def _rates(path: Path, model: str, rows: object) -> tuple[Rate, ...]:
    """Return the rates of a model, those of small prompts first."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BrokenFile(path, f"models.{model}: a list of rates is needed")
    rates = sorted((_rate(path, model, row) for row in rows), key=lambda one: one.above)
    if rates[0].above != 0 or len({one.above for one in rates}) != len(rates):
        raise BrokenFile(path, f"models.{model}: one rate must have `above` 0, and no two the same")
    return tuple(rates)


def _rate(path: Path, model: str, row: Mapping[str, object]) -> Rate:
    """Return one rate; every price must be there, since a missing one would read as 0."""
    above = row.get("above", 0)
    if not isinstance(above, int) or isinstance(above, bool) or above < 0:
        raise BrokenFile(path, f"models.{model}: `above` must be a number of tokens, not {above!r}")
    given = {name: _number(path, f"models.{model}.{name}", row.get(name)) for name in _TOKENS}
    return Rate(above=above, **given)


def _number(path: Path, where: str, value: object) -> Decimal:
    """Return a price as an exact number."""
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or number < 0:
        raise BrokenFile(path, f"{where}: a number is needed, not {value!r}")
    return number
