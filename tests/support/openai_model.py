"""The chat-completions API, as opencode's OpenAI-compatible provider speaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.model import Answer, Call, Conversation, Message, Wire, plain


class OpenAI(Wire):
    """Streaming chat completions."""

    path = "/v1/chat/completions"

    def read(self, body: dict[str, Any]) -> Conversation:
        """Understand a request; a tool's answer is told from the call whose id it carries."""
        system = ""
        messages: list[Message] = []
        calls: dict[str, Call] = {}
        for raw in body["messages"]:
            text = plain(raw.get("content"))
            if raw["role"] in {"system", "developer"}:
                system += text
            elif raw["role"] == "tool":
                messages.append(Message("tool", text, tool=calls.get(raw["tool_call_id"])))
            else:
                made = {call["id"]: _call(call["function"]) for call in raw.get("tool_calls") or ()}
                calls |= made
                messages.append(Message(raw["role"], text, tuple(made.values())))
        functions = [tool["function"] for tool in body.get("tools") or ()]
        tools = {one["name"]: tuple(one["parameters"].get("required", ())) for one in functions}
        known = {one["name"]: tuple(one["parameters"].get("properties", ())) for one in functions}
        return Conversation(system, tuple(messages), tools, known)

    def write(self, body: dict[str, Any], answer: Answer, number: int) -> Iterator[bytes]:
        """Write an answer: role, text, calls, the reason to stop, usage."""
        yield _event(body, {"role": "assistant", "content": answer.text})
        calls = [
            {
                "index": at,
                "id": f"call_{number}_{at}",
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
            }
            for at, call in enumerate(answer.calls)
        ]
        if calls:
            yield _event(body, {"tool_calls": calls})
        yield _event(body, {}, "tool_calls" if calls else "stop")
        yield _event(body, None, usage=self.usage(body, number))
        yield b"data: [DONE]\n\n"

    def usage(self, body: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ARG002 - for those who count
        """Return what an answer says was used."""
        counted = len(json.dumps(body)) // 4
        return {"prompt_tokens": counted, "completion_tokens": 9, "total_tokens": counted + 9}


def _call(function: dict[str, Any]) -> Call:
    """Read a call back."""
    return Call(function["name"], json.loads(function["arguments"] or "{}"))


def _event(body: dict[str, Any], delta: dict[str, Any] | None, finish: str | None = None, **more: object) -> bytes:
    """Write one chunk."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model")}
    return b"data: " + json.dumps({**head, "choices": choices, **more}).encode() + b"\n\n"
