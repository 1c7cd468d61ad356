"""From a raw result to an item's record: one line of JSON that says what became of the item."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import orjson

from batchpack.messages import outcomes
from batchpack.messages.answers import BadAnswer, Reader, plain, text_of
from batchpack.messages.costs import Tally

ANSWERED, FAILED, PENDING = "answered", "failed", "pending"
HEADS = {state: f'{{"status":"{state}"'.encode() for state in (ANSWERED, FAILED, PENDING)}
"""How the lines of records begin, so that they can be told apart without being parsed."""
_quote: Callable[[str], str] = encode_basestring
_quote_fast = orjson.dumps
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_dump_ascii = json.JSONEncoder(separators=(",", ":")).encode


Record = tuple[str, bytes]
"""What became of an item: its kind (`answered` or one of `outcomes`) and its line of JSON, without a line end."""


def pending(index: int, key: str) -> bytes:
    """Return the line of an item that nothing is known of yet."""
    return f'{{"status":"pending","index":{index},"key":{key}}}'.encode()


def of_result(index: int, key: str, result: Mapping[str, Any], read: Reader, tally: Tally) -> Record:
    """Return the record of an item from a result of a batch; `key` is the item's key as JSON.

    Raises KeyError or TypeError where the result is not in the form of the API.
    """
    if result["type"] == "succeeded":
        return of_message(index, key, result["message"], read, tally)
    kind, reason = outcomes.of_result(result)
    return failure(index, key, kind, reason)


def failure(index: int, key: str, kind: str, reason: str, more: str = "") -> Record:
    """Return the record of an item that has no answer; `more` is JSON members that begin with a comma."""
    told = outcomes.remedy(kind)
    line = (
        f'{{"status":"failed","index":{index},"key":{key},"kind":{_quote(kind)},"reason":{_quote(reason)}'
        f',"retry":"{told}","paid":{"true" if told == "paid" else "false"}{more}}}'
    )
    return kind, _encoded(line)


def of_message(index: int, key: str, message: Mapping[str, Any], read: Reader, tally: Tally) -> Record:
    """Return the record of an item from a message that was paid for, be it a good answer or not."""
    stop, text = message["stop_reason"], text_of(message)
    more = f"{_tail(stop, message['model'])}{tally.add(message)}"
    if read is plain and text and stop == "end_turn":  # nearly all of them come this way
        return ANSWERED, _answered(index, key, text, more)
    try:
        answer = _checked(stop, text, read)
    except BadAnswer as error:
        return failure(index, key, error.kind, error.reason, f',"text":{_quote(text)}{more}')
    if stop == "tool_use":
        more += f',"content":{_dump(message["content"])}'
    return ANSWERED, _encoded(f'{{"status":"answered","index":{index},"key":{key},"answer":{_dump(answer)}{more}}}')


def _answered(index: int, key: str, text: str, more: str) -> bytes:
    """Return the line of an answer that is a text; orjson quotes as Python does, but for halves of surrogate pairs."""
    head = f'{{"status":"answered","index":{index},"key":{key},"answer":'
    try:
        return f"{head}{_quote_fast(text).decode()}{more}}}".encode()
    except (TypeError, UnicodeEncodeError):
        return _encoded(f"{head}{_quote(text)}{more}}}")


@lru_cache(maxsize=64)
def _tail(stop: str | None, model: str) -> str:
    """Return what nearly all records of a set end with, up to their usage."""
    return f',"stop_reason":{_quote(stop or "")},"model":{_quote(model)},"usage":'


def _checked(stop: str | None, text: str, read: Reader) -> object:
    """Return the value of an answer; raises BadAnswer for one that is cut off, empty or not what was asked."""
    kind, reason = outcomes.of_stop(stop)
    if kind:
        raise BadAnswer(kind, reason)
    if not text and stop != "tool_use":
        raise BadAnswer("empty", "the answer is empty")
    return read(text) if text or read is not plain else ""


def _encoded(line: str) -> bytes:
    """Return a line as UTF-8; halves of surrogate pairs, which UTF-8 cannot hold, stay escapes."""
    try:
        return line.encode()
    except UnicodeEncodeError:
        return _dump_ascii(json.loads(line)).encode()
