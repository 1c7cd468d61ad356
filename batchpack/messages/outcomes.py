"""What became of a request, in one word, and what may be done about it: told from an API's result or error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Remedy = Literal["none", "free", "paid", "pause", "never"]
"""none: it is answered; free: ask again unchanged, nothing was paid; paid: something was paid, ask again only with
another request; pause: the account must be put right first, then free; never: the request itself is wrong."""

ANSWERED, EXPIRED, CANCELED, LOST = "answered", "expired", "canceled", "lost"
REMEDIES: Mapping[str, Remedy] = {
    ANSWERED: "none",
    EXPIRED: "free",
    CANCELED: "free",
    "overloaded": "free",
    "api_error": "free",
    "rate_limit": "free",
    "timeout": "free",
    "max_tokens": "paid",
    "refusal": "paid",
    "unfinished": "paid",
    "empty": "paid",
    "bad_json": "paid",
    "schema": "paid",
    LOST: "paid",
    "authentication": "pause",
    "permission": "pause",
    "credit": "pause",
    "spend_limit": "pause",
    "invalid_request": "never",
    "not_found": "never",
    "too_large": "never",
}
HINTS: Mapping[str, str] = {
    "authentication": "set a key that is valid",
    "permission": "let the key use this model and its workspace",
    "credit": "add credit to the account",
    "spend_limit": "raise the spend limit of the workspace, or wait until it begins anew",
}
"""What a person has to do before an account's failures may be tried again."""

_ERRORS = {
    "overloaded_error": "overloaded",
    "api_error": "api_error",
    "rate_limit_error": "rate_limit",
    "timeout_error": "timeout",
    "authentication_error": "authentication",
    "permission_error": "permission",
    "billing_error": "credit",
    "invalid_request_error": "invalid_request",
    "not_found_error": "not_found",
    "request_too_large": "too_large",
}
_STOPS = {"end_turn": "", "stop_sequence": "", "tool_use": "", "max_tokens": "max_tokens", "refusal": "refusal"}
_REASONS = {
    "max_tokens": "the answer was cut off at max_tokens",
    "refusal": "the model refused to answer",
    "empty": "the answer is empty",
}
_MONEY = (
    (re.compile(r"credit balance|insufficient (?:credit|funds)", re.IGNORECASE), "credit"),
    (re.compile(r"(?:spend(?:ing)?|usage) limit", re.IGNORECASE), "spend_limit"),
)
_SPENT = "enforced_spend_limit_reached"


def remedy(kind: str) -> Remedy:
    """Return what may be done about a kind; one that nobody knows is not asked for again."""
    return REMEDIES.get(kind, "never")


def of_error(name: str, message: str, code: str | None = None) -> str:
    """Return the kind of an API's error: its type, with errors about money told apart by what they say.

    An exhausted account comes as an invalid request, so that the type alone would blame the item.
    """
    if code == _SPENT:
        return "spend_limit"
    if name in {"invalid_request_error", "rate_limit_error", "billing_error", "permission_error"}:
        for pattern, kind in _MONEY:
            if pattern.search(message):
                return kind
    return _ERRORS.get(name, name[:64] or "unknown")


def of_result(result: Mapping[str, Any]) -> tuple[str, str]:
    """Return kind and reason of a result that carries no message: errored, canceled or expired."""
    kind = result.get("type")
    if kind == "expired":
        return EXPIRED, "the service did not come to it within its time"
    if kind == "canceled":
        return CANCELED, "it was canceled before it began"
    envelope = result.get("error")
    error = envelope.get("error", envelope) if isinstance(envelope, dict) else None
    if kind != "errored" or not isinstance(error, dict):
        return "unknown", f"a result of an unknown type: {str(kind)[:80]}"
    message = str(error.get("message", ""))
    details = error.get("details")
    code = details.get("error_code") if isinstance(details, dict) else None
    return of_error(str(error.get("type", "")), message, code), message


def of_stop(stop: object) -> tuple[str, str]:
    """Return kind and reason of a message that stopped before it was whole; two empty texts for a whole one."""
    if stop is None:
        return "", ""
    kind = _STOPS.get(str(stop), "unfinished")
    return kind, _REASONS.get(kind, "") or (f"the answer stopped early: {stop}" if kind else "")
