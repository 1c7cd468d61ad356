"""Tests of outcomes: each error has one kind and one remedy."""

from __future__ import annotations

from typing import Any

import pytest

from batchpack.messages import outcomes

LOW = "Your credit balance is too low to access the Anthropic API."


@pytest.mark.parametrize(
    ("name", "said", "code", "kind", "remedy"),
    [
        ("overloaded_error", "Overloaded", None, "overloaded", "free"),
        ("api_error", "Internal server error", None, "api_error", "free"),
        ("timeout_error", "", None, "timeout", "free"),
        ("rate_limit_error", "slow down", None, "rate_limit", "free"),
        ("rate_limit_error", "slow down", "enforced_spend_limit_reached", "spend_limit", "pause"),
        ("invalid_request_error", "messages: field required", None, "invalid_request", "never"),
        ("invalid_request_error", LOW, None, "credit", "pause"),
        ("invalid_request_error", "You have reached your specified usage limits", None, "spend_limit", "pause"),
        ("authentication_error", "invalid x-api-key", None, "authentication", "pause"),
        ("permission_error", "not allowed", None, "permission", "pause"),
        ("billing_error", "a payment failed", None, "credit", "pause"),
        ("not_found_error", "model: claude-9", None, "not_found", "never"),
        ("request_too_large", "too large", None, "too_large", "never"),
        ("brand_new_error", "who knows", None, "brand_new_error", "never"),
    ],
)
def test_an_error_has_a_kind_and_a_remedy(name: str, said: str, code: str | None, kind: str, remedy: str) -> None:
    """The type decides, but what is about money is told apart by its words; the unknown is never sent again."""
    assert kind == outcomes.of_error(name, said, code)
    assert remedy == outcomes.remedy(kind)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"type": "expired"}, "expired"),
        ({"type": "canceled"}, "canceled"),
        ({"type": "errored", "error": {"type": "error", "error": {"type": "api_error", "message": "m"}}}, "api_error"),
        ({"type": "errored", "error": {"type": "overloaded_error", "message": "m"}}, "overloaded"),
        ({"type": "errored", "error": "?"}, "unknown"),
        ({"type": "brand_new"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_result_without_a_message_has_a_kind(result: dict[str, Any], kind: str) -> None:
    """Errored results are told by the error in them, with or without the envelope around it."""
    assert kind == outcomes.of_result(result)[0]


@pytest.mark.parametrize(
    ("stop", "kind"),
    [
        ("end_turn", ""),
        ("stop_sequence", ""),
        ("tool_use", ""),
        (None, ""),
        ("max_tokens", "max_tokens"),
        ("refusal", "refusal"),
        ("pause_turn", "unfinished"),
        ("model_context_window_exceeded", "unfinished"),
    ],
)
def test_a_message_that_stopped_early_is_told(stop: str | None, kind: str) -> None:
    """Whatever stops a message before its end was paid for and is no answer."""
    found, reason = outcomes.of_stop(stop)

    assert kind == found
    assert bool(kind) == bool(reason)
    assert not kind or outcomes.remedy(kind) == "paid"


def test_every_pause_says_what_to_do() -> None:
    """Each kind that is about the account comes with a hint for its owner."""
    assert {kind for kind, told in outcomes.REMEDIES.items() if told == "pause"} == set(outcomes.HINTS)
