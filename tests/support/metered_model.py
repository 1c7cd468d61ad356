"""A scripted model whose every answer uses another number of tokens, and which keeps the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.anthropic_model import Anthropic
from tests.support.model import plain


@dataclass(frozen=True)
class Metered:
    """What one answered request used."""

    id: str
    model: str
    said: str
    input: int
    output: int
    cache_read: int
    write_5m: int
    write_1h: int


@dataclass
class MeteredAnthropic(Anthropic):
    """The Messages API with figures that tell answers apart; the start of a stream says less than its end."""

    account: list[Metered] = field(default_factory=list)

    def usage(self, body: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Count an answer; its output is known at its end only."""
        one = Metered(
            f"msg_{number}", str(body["model"]), _first(body), 1000 + number, 20 + number, 100_000 + 10 * number,
            500 + number, 7 * number,
        )  # fmt: skip
        self.account.append(one)
        whole = {
            "input_tokens": one.input,
            "output_tokens": one.output,
            "cache_read_input_tokens": one.cache_read,
            "cache_creation_input_tokens": one.write_5m + one.write_1h,
            "cache_creation": {"ephemeral_5m_input_tokens": one.write_5m, "ephemeral_1h_input_tokens": one.write_1h},
            "service_tier": "standard",
        }
        return {**whole, "output_tokens": 1}, whole


def _first(body: dict[str, Any]) -> str:
    """Return what was said first."""
    return plain(body["messages"][0]["content"])
