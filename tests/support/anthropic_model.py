"""The Messages API, as Claude Code speaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.model import Answer, Call, Conversation, Message, Wire, plain

USAGE = {"input_tokens": 100, "output_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


class Anthropic(Wire):
    """Streaming messages."""

    path = "/v1/messages"

    def read(self, body: dict[str, Any]) -> Conversation:
        """Understand a request; tool results stand in user messages and count as messages of their own."""
        system, messages = plain(body.get("system")), list[Message]()
        calls: dict[str, Call] = {}
        for raw in body["messages"]:
            if raw["role"] == "system":
                system += plain(raw["content"])
                continue
            parts = raw["content"] if isinstance(raw["content"], list) else [{"type": "text", "text": raw["content"]}]
            made = {part["id"]: Call(part["name"], part["input"]) for part in parts if part["type"] == "tool_use"}
            calls |= made
            results = [part for part in parts if part["type"] == "tool_result"]
            messages += [
                Message("tool", plain(part.get("content")), tool=calls.get(part["tool_use_id"])) for part in results
            ]
            if text := plain(parts):
                messages.append(Message("assistant" if made or raw["role"] == "assistant" else "user", text))
            if made:
                messages.append(Message("assistant", "", tuple(made.values())))
        schemas = {tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools", ())}
        tools = {name: tuple(schema.get("required", ())) for name, schema in schemas.items()}
        known = {name: tuple(schema.get("properties", ())) for name, schema in schemas.items()}
        return Conversation(system, tuple(messages), tools, known)

    def write(self, body: dict[str, Any], answer: Answer, number: int) -> Iterator[bytes]:
        """Write an answer: its start, a block for the text and for each call, its end."""
        message: dict[str, Any] = {
            "id": f"msg_{number}",
            "type": "message",
            "role": "assistant",
            "model": body.get("model"),
        }
        first, whole = self.usage(body, number)
        start = {**message, "content": [], "stop_reason": None, "stop_sequence": None, "usage": first}
        yield _event("message_start", message=start)
        for at, (block, delta) in enumerate(_blocks(answer, number)):
            yield _event("content_block_start", index=at, content_block=block)
            yield _event("content_block_delta", index=at, delta=delta)
            yield _event("content_block_stop", index=at)
        reason = "tool_use" if answer.calls else "end_turn"
        yield _event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=whole)
        yield _event("message_stop")

    def usage(self, body: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ARG002 - for those who count
        """Return what the start and the end of an answer say was used."""
        return USAGE, USAGE


def _blocks(answer: Answer, number: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each block of an answer as its empty start and its content."""
    if answer.text:
        yield {"type": "text", "text": ""}, {"type": "text_delta", "text": answer.text}
    for at, call in enumerate(answer.calls):
        block = {"type": "tool_use", "id": f"toolu_{number}_{at}", "name": call.name, "input": {}}
        yield block, {"type": "input_json_delta", "partial_json": json.dumps(call.arguments)}


def _event(name: str, **values: object) -> bytes:
    """Write one event."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **values})}\n\n".encode()
