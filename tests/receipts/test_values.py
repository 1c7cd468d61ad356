"""A receipt's line: canonical, chained, and read only when it is exactly what was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.errors import UsageError
from batchpack.receipts.values import START, Draft, NotAsWritten, Torn, canonical, digest, loads, make, parse

STATES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def line(**more: Any) -> bytes:
    """Return the line of a first receipt."""
    draft = Draft("before", "archive", "chunk-01", "mail-1", "worker-1", act="0123456789ab", **more)
    return canonical(make(1, "2026-02-03T10:00:00.000Z", draft, START).to_json()).encode()


@given(st.text(), st.lists(st.text()), STATES)
def test_any_text_comes_back_from_one_line(item: str, undo: list[str], state: Any) -> None:
    """Whatever an item, an undo command or a state holds, its receipt is one ASCII line and reads back the same."""
    draft = Draft("before", item=item, undo=tuple(undo), state=state, act="0123456789ab")
    written = make(1, "2026-02-03T10:00:00.000Z", draft, START)
    text = canonical(written.to_json()).encode()

    assert text.isascii()
    assert b"\n" not in text
    assert written == parse(text)


@given(st.data())
def test_a_changed_byte_is_seen(data: st.DataObject) -> None:
    """No byte of a line can be changed without the line being refused."""
    text = bytearray(line())
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[at]))

    with pytest.raises((Torn, NotAsWritten)):
        parse(bytes(text))


def test_a_cut_line_is_torn_not_changed() -> None:
    """Every beginning of a line is told as torn by a crash."""
    text = line(state={"folder": "INBOX"})
    for at in range(len(text)):
        with pytest.raises(Torn):
            parse(text[:at])


@pytest.mark.parametrize(
    "more",
    [
        {"undo": [1]},
        {"seq": "1"},
        {"token": "x"},
        {"phase": "during"},
        {"result": "maybe"},
        {"extra": 1},
        {"undo": "rm"},
    ],
)
def test_a_fitting_hash_does_not_excuse_wrong_kinds(more: dict[str, Any]) -> None:
    """Whoever edits the file can compute a hash that fits; values of other kinds are refused all the same."""
    facts = json.loads(line()) | more
    facts.pop("hash")
    forged = canonical({**facts, "hash": digest(facts)}).encode()

    with pytest.raises(NotAsWritten):
        parse(forged)


def test_a_newer_line_says_so() -> None:
    """A line of a schema that is not known yet is told as one of a newer version."""
    with pytest.raises(NotAsWritten, match="newer batchpack"):
        parse(b'{"schema":2}')


def test_a_receipt_has_a_largest_size() -> None:
    """A state that makes the line too long is refused, with what to do."""
    with pytest.raises(UsageError, match="at most 256 kB"):
        line(state="x" * 300_000)


@pytest.mark.parametrize("text", ["[" * 100_000, "NaN", '{"a": Infinity}', "{"])
def test_json_that_is_none_is_an_error_of_one_kind(text: str) -> None:
    """Nesting without end and numbers that JSON has not are refused like any other broken text."""
    with pytest.raises(ValueError, match=r"."):
        loads(text)
