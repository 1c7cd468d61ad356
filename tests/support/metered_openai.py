"""A scripted model of the chat-completions API whose every answer uses another number of tokens, with the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.model import plain
from tests.support.openai_model import OpenAI


@dataclass(frozen=True)
class Metered:
    """What one answered request used: `input` as paid in full, `output` with what was thought."""

    said: str
    titled: bool
    input: int
    output: int
    cache_read: int


@dataclass
class MeteredOpenAI(OpenAI):
    """The chat-completions API, with figures that tell answers apart."""

    account: list[Metered] = field(default_factory=list)

    def usage(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Count an answer; the service tells what was cached and thought as shares of what went in and came out."""
        said = [plain(one["content"]) for one in body["messages"] if one["role"] == "user"]
        one = Metered(said[0] if said else "", not body.get("tools"), 1_000 + number, 50 + number, 10_000 + 10 * number)
        self.account.append(one)
        return {
            "prompt_tokens": one.input + one.cache_read,
            "completion_tokens": one.output,
            "total_tokens": one.input + one.cache_read + one.output,
            "prompt_tokens_details": {"cached_tokens": one.cache_read},
            "completion_tokens_details": {"reasoning_tokens": number},
        }
