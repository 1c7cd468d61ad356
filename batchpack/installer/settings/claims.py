"""What we put into a settings file, in enough detail to take it out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that we put in; `created` keys led the way already, `had` tells of an `old` value."""

    keys: tuple[str, ...]
    action: Literal["set", "append"]
    value: Any
    created: int
    had: bool = False
    old: Any = None

    def to_json(self) -> dict[str, Any]:
        """Return the claim as a receipt holds it."""
        return {
            "keys": list(self.keys), "action": self.action, "value": self.value, "created": self.created,
            "had": self.had, "old": self.old,
        }  # fmt: skip

    @property
    def name(self) -> str:
        """Return the way to the value as a reader writes it."""
        return ".".join(self.keys)


def claim_from_json(data: Mapping[str, Any]) -> Claim:
    """Return a claim read from a receipt; raises KeyError, TypeError or ValueError when it is none."""
    keys, action = data["keys"], data["action"]
    if not (isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys)):
        raise ValueError("keys of a settings edit")
    if action not in {"set", "append"}:
        raise ValueError("action of a settings edit")
    return Claim(tuple(keys), action, data["value"], int(data["created"]), bool(data["had"]), data["old"])
