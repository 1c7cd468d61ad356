"""What a job will cost, before anything is sent: tokens by a sample, dollars by dated prices."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.messages.begin import Draft
from batchpack.messages.costs import dollars
from batchpack.prices import Prices, Usage, cost
from batchpack.provider import Client

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens in, tokens out at most (or as expected), dollars (None: unknown), and how it is known."""

    requests: int
    tokens_in: int
    tokens_out: int
    dollars: Decimal | None
    standard: Decimal | None
    method: str
    out_method: str
    as_of: str

    def to_json(self) -> dict[str, Any]:
        """Return it as facts; dollars are text, so that they stay exact."""
        money = {"dollars": self.dollars, "standard": self.standard}
        rest = {name: getattr(self, name) for name in Estimate.__slots__ if name not in money}
        return {**rest, **{name: None if value is None else str(value) for name, value in money.items()}}


def make(
    draft: Draft,
    params: dict[str, Any],
    prices: Prices,
    client: Client | None,
    *,
    sample: int,
    tokens_out: int | None,
    batch: bool = True,
) -> Estimate:
    """Estimate a draft: input by `count_tokens` of a sample, or by characters without a client.

    Output is `tokens_out` an answer, or all that `max_tokens` allows.
    """
    some = draft.sample.take(sample)
    counted = [_tokens(one, client) for one in some]
    weight = draft.sample.bytes * len(some) / (sum(map(len, some)) * draft.sample.count)
    out = tokens_out if tokens_out is not None else int(params["max_tokens"])
    each = [cost(params["model"], Usage(input=round(one * weight), output=out), prices, batch=batch) for one in counted]
    known = [one for one in each if one is not None]
    share = Decimal(draft.requests) / max(1, len(known))
    whole = len(known) == len(each)
    how = f"count_tokens of {len(some):,} requests" if client else f"{CHARACTERS_PER_TOKEN} characters a token (no key)"
    return Estimate(
        requests=draft.requests,
        tokens_in=round(sum(counted) * weight * draft.requests / len(counted)),
        tokens_out=out * draft.requests,
        dollars=sum((one.dollars for one in known), Decimal()) * share if whole else None,
        standard=sum((one.standard for one in known), Decimal()) * share if whole else None,
        method=how,
        out_method=f"{out:,} an answer, " + ("as expected" if tokens_out is not None else "the most that is allowed"),
        as_of=prices.as_of,
    )


def _tokens(params: bytes, client: Client | None) -> int:
    """Return the input tokens of one request."""
    if client is not None:
        return client.count_tokens(json.loads(params))
    return max(1, len(params.decode()) // CHARACTERS_PER_TOKEN)


class OverBudget(BatchpackError):
    """The estimate is above what may be spent, or is not known."""

    def __init__(self, estimate: Estimate, budget: Decimal) -> None:
        if estimate.dollars is None:
            said = f"what this costs is not known, so the budget of {dollars(budget)} cannot be kept"
            super().__init__(said, "nothing was sent; give prices with --prices, or leave --budget out")
            return
        said = f"the estimate of {dollars(estimate.dollars)} is above the budget of {dollars(budget)}"
        super().__init__(
            said, "nothing was sent; raise --budget, lower --max-tokens, or say --tokens-out if you know it"
        )


def check_budget(estimate: Estimate, budget: Decimal | None) -> None:
    """Refuse an estimate above the budget; raises OverBudget."""
    if budget is not None and (estimate.dollars is None or estimate.dollars > budget):
        raise OverBudget(estimate, budget)
