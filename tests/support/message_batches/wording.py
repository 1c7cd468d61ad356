"""What the stand-in says: outcomes chosen by markers and rules, messages, and instances of a schema."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, NamedTuple

MARKER = re.compile(r"\[\[fake:([a-z_]+)(?::([^\]:]*))?(?::(\d+))?\]\]")
"""A word in a request's text that chooses its outcome; a number at the end says for how many attempts."""

CACHED = re.compile(r"\[\[cache:(\d+):(\d+):(\d+)\]\]")
"""A word that says how many tokens are read from the cache, and written to it for five minutes and for an hour."""

MODEL = re.compile(r"(claude|fake)-")
NOT_FROM = {"temperature": "2026-10-21", "top_p": "2026-10-21", "top_k": "2026-10-21"}
STATUS_KINDS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 409: "conflict_error", 413: "request_too_large", 429: "rate_limit_error",
    500: "api_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
FORMATS = {
    "date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z", "time": "00:00:00Z", "email": "a@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000", "uri": "https://example.com", "ipv4": "127.0.0.1",
}  # fmt: skip


class Outcome(NamedTuple):
    """What becomes of a request: its result's type, the error's or stop's kind, and words of it."""

    type: str
    kind: str = ""
    words: str = ""


class Answered(Exception):
    """An error answer: status, words, and what else it carries."""

    def __init__(
        self, status: int, words: str, *, kind: str = "", headers: dict[str, str] | None = None, details: Any = None
    ) -> None:
        super().__init__(words)
        self.status, self.words, self.headers, self.details = status, words, headers or {}, details
        self.kind = kind or STATUS_KINDS.get(status, "api_error")


def choose(raw: str, attempt: int, version: str, seed: str, errored: float, expired: float) -> Outcome:
    """Choose what becomes of a request: by its marker, by its parameters, else by lot (the same lot for one seed)."""
    marked = MARKER.search(raw)
    if marked:
        return _marked(*marked.groups(), attempt=attempt)
    wrong = problem(json.loads(raw), version)
    if wrong:
        return Outcome("errored", "invalid_request_error", wrong)
    lot = int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16) / 2**32
    if lot < errored:
        return Outcome("errored", "api_error", "Internal server error")
    return Outcome("expired") if lot < errored + expired else Outcome("succeeded")


def _marked(kind: str, words: str | None, times: str | None, *, attempt: int) -> Outcome:
    """Return the outcome that a marker asks for, while its attempts last."""
    if kind in ("expired", "canceled") and words and words.isdigit():
        times = words
    if times is not None and attempt > int(times):
        return Outcome("succeeded")
    if kind == "errored":
        return Outcome("errored", words or "api_error", f"fake {words or 'api_error'}")
    if kind == "credit":
        return Outcome("errored", "invalid_request_error", "Your credit balance is too low to access the API.")
    return Outcome(kind) if kind in ("expired", "canceled") else Outcome("succeeded", kind, words or "")


def problem(params: dict[str, Any], version: str) -> str:
    """Return what is wrong with the parameters of a request, or nothing."""
    rules = [
        (not isinstance(params.get("model"), str), "model: Field required"),
        (not MODEL.match(str(params.get("model"))), f"model: {params.get('model')}"),
        (not isinstance(params.get("max_tokens"), int), "max_tokens: Field required"),
        (params.get("max_tokens") in range(-9, 1), "max_tokens: must be greater than or equal to 1"),
        (not params.get("messages"), "messages: at least one message is required"),
        (bool(params.get("stream")), "stream: not supported in batch requests"),
        *((name in params and version >= since, f"{name}: not permitted") for name, since in NOT_FROM.items()),
    ]
    return next((words for wrong, words in rules if wrong), "")


def message(raw: str, outcome: Outcome, number: str, length: int, tier: str) -> dict[str, Any]:
    """Return the message that answers a request: with a schema, the smallest instance of it."""
    params = json.loads(raw)
    text, stop = "ok " + "y" * length, "end_turn"
    shape = (params.get("output_config") or {}).get("format")
    if shape:
        text = json.dumps(instance(shape["schema"], shape["schema"]))
    if outcome.kind == "refusal":
        stop, text = "refusal", ""
    elif outcome.kind == "max_tokens":
        stop, text = "max_tokens", text[: max(1, len(text) // 2)]
    elif outcome.kind == "badjson":
        text = text[:-1] + ","
    elif outcome.kind == "text":
        text = outcome.words
    tokens = max(1, len(raw) // 4)
    cached, short, hour = tokens // 2 if "cache_control" in raw else 0, 0, 0
    tokens -= cached
    if asked := CACHED.search(raw):
        cached, short, hour = map(int, asked.groups())
    usage = {
        "input_tokens": tokens, "output_tokens": max(1, len(text) // 4), "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": short + hour, "service_tier": tier,
        "cache_creation": {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": hour},
    }  # fmt: skip
    content = [{"type": "text", "text": text}] if text else []
    return {
        "id": f"msg_{number}", "type": "message", "role": "assistant", "model": params["model"], "content": content,
        "stop_reason": stop, "stop_sequence": None, "usage": usage,
    }  # fmt: skip


def instance(schema: dict[str, Any], root: dict[str, Any], depth: int = 0) -> Any:
    """Return the smallest value that a JSON schema of structured outputs allows."""
    if "$ref" in schema:
        node: Any = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            node = node[part]
        return None if depth > 20 else instance(node, root, depth + 1)
    if "const" in schema or schema.get("enum"):
        return schema["const"] if "const" in schema else schema["enum"][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if schema.get(word):
            return instance(schema[word][0], root, depth + 1)
    kind = schema.get("type")
    if kind == "object":
        return {name: instance(part, root, depth + 1) for name, part in schema.get("properties", {}).items()}
    items = [instance(schema["items"], root, depth + 1)] if schema.get("minItems") else []
    plain: dict[str, Any] = {
        "array": items,
        "string": FORMATS.get(schema.get("format", ""), "x"),
        "integer": 1,
        "number": 1.5,
        "boolean": True,
    }
    return plain.get(kind if isinstance(kind, str) else "string")
