"""Settings: values put in and taken out, whatever the document looks like."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from batchpack.errors import BrokenFile
from batchpack.installer.settings.claims import claim_from_json
from batchpack.installer.settings.merge import Refused, adaptor, merge, take_out
from batchpack.installer.settings.text import decode
from batchpack.installer.settings.values import MISSING, look_up, position, same
from batchpack.values import Edit, SettingsFormat
from tests.installer.settings import documents

PATH = Path("settings")
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
DOCUMENTS: dict[SettingsFormat, st.SearchStrategy[tuple[dict[str, Any], bytes]]] = {
    "json": documents.jsonc(),
    "yaml": documents.yaml_text(),
    "toml": documents.toml(),
}
FORMATS = pytest.mark.parametrize("kind", ["json", "yaml", "toml"])


def load(kind: SettingsFormat, data: bytes) -> Any:
    """Parse a document's bytes."""
    return adaptor(kind).load(decode(data, PATH).text, PATH)


def notes(data: bytes) -> list[str]:
    """Return what looks like a comment of ours in a document."""
    return re.findall(r"note[^\r\n]*?|# (?:head|tail|left|above|odd)", data.decode())


@FORMATS
@given(st.data())
@MANY
def test_merge_puts_the_values_in_and_take_out_takes_them_out(kind: SettingsFormat, data: st.DataObject) -> None:
    """A merge says all that was asked, comments stay, and taking our values out gives the old value."""
    value, before = data.draw(DOCUMENTS[kind])
    wanted = data.draw(documents.edits(kind))
    assert same(load(kind, before), value), before
    try:
        merged = merge(kind, before, wanted, PATH)
    except BrokenFile:
        event("a value stands where a mapping or list must be")
        assume(False)
    after = load(kind, merged.data)
    last = {edit.keys: edit for edit in wanted}
    for edit in last.values():
        found = look_up(after, edit.keys)
        covered = any(other.keys[: len(edit.keys)] == edit.keys or edit.keys[: len(other.keys)] == other.keys
                      for other in wanted if other is not edit)  # fmt: skip
        if not covered:
            assert position(found, edit.value) is not None if edit.action == "append" else same(found, edit.value)
    replaced = any(isinstance(claim.old, dict | list) for claim in merged.claims)
    assert replaced or notes(before) == notes(merged.data)
    untouched, kept = take_out(kind, merged.data, merged.claims, PATH)
    if not kept:
        assert same(load(kind, untouched), value), (before, merged.data, untouched)
    assert replaced or notes(before) == notes(untouched)


@FORMATS
@given(st.data())
@MANY
def test_one_edit_is_made_once(kind: SettingsFormat, data: st.DataObject) -> None:
    """A value that is there already is not put in again and not claimed; line ends and byte order mark stay."""
    value, before = data.draw(DOCUMENTS[kind])
    edit = data.draw(documents.edits(kind))[0]
    try:
        merged = merge(kind, before, [edit], PATH)
    except BrokenFile:
        assume(False)
    again = merge(kind, merged.data, [edit], PATH)
    assert (merged.data, ()) == (again.data, again.claims)
    assert before.startswith(b"\xef\xbb\xbf") == merged.data.startswith(b"\xef\xbb\xbf")
    if b"\r\n" in before:
        assert merged.data.count(b"\n") == merged.data.count(b"\r\n")
    assert [claim_from_json(claim.to_json()) for claim in merged.claims] == list(merged.claims)
    if look_up(value, edit.keys) is MISSING:
        undone, kept = take_out(kind, merged.data, merged.claims, PATH)
        assert ((), True) == (kept, same(load(kind, undone), value))


@FORMATS
@given(st.data())
@MANY
def test_a_broken_document_is_told_with_its_place(kind: SettingsFormat, data: st.DataObject) -> None:
    """Whatever stands in a file, there is a merge that can be parsed or an error for the reader, never a crash."""
    _, before = data.draw(DOCUMENTS[kind])
    at, cut = data.draw(st.integers(0, len(before))), data.draw(st.integers(0, 3))
    broken = (
        before[:at]
        + data.draw(st.binary(max_size=3) | st.sampled_from([b"{", b"[", b'"', b": ", b"\t", b"= "]))
        + before[at + cut :]
    )
    try:
        merged = merge(kind, broken, data.draw(documents.edits(kind)), PATH)
    except (BrokenFile, Refused) as error:
        event(type(error).__name__)
    else:
        assert isinstance(load(kind, merged.data), dict)


@pytest.mark.parametrize(
    ("kind", "text", "line", "column"),
    [
        ("json", '{\n  "a": 1,,\n}', 2, 9),
        ("json", '{\n  "a" 1\n}', 2, 7),
        ("json", '{\n  "a": 1\n', 3, 1),
        ("json", '{\n  // note\n  "a": tru\n}', 3, 8),
        ("json", "[1]", 1, 1),
        ("yaml", "a: 1\nb: [1\nc: 2\n", 3, 2),
        ("yaml", "- 1\n", 1, 1),
        ("toml", "a = 1\nb = \n", 2, 5),
        ("toml", "a = 1\na = 2\n", 2, 6),
    ],
)
def test_the_place_of_an_error_is_right(kind: SettingsFormat, text: str, line: int, column: int) -> None:
    """A broken settings file is told with the line and column where it breaks."""
    with pytest.raises(BrokenFile) as caught:
        merge(kind, text.encode(), [Edit("s", kind, ("new",), 1, "")], PATH)
    assert (line, column) == (caught.value.line, caught.value.column), caught.value


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000])
def test_a_document_nested_too_deeply_is_refused(text: str) -> None:
    """Nesting that no parser of ours can follow is an error for the reader."""
    with pytest.raises(BrokenFile):
        merge("json", text.encode(), [Edit("s", "json", ("new",), 1, "")], PATH)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("json", "{}", '{\n  "mcp": {\n    "on": 1\n  }\n}'),
        ("json", '{"a": 1}', '{"a": 1, "mcp": {"on": 1}}'),
        ("json", '{\n\t"a": 1 // one\n}\n', '{\n\t"a": 1, // one\n\t"mcp": {\n\t\t"on": 1\n\t}\n}\n'),
        ("json", '{\n  "a": 1,\n  // last\n}\n', '{\n  "a": 1,\n  "mcp": {\n    "on": 1\n  },\n  // last\n}\n'),
        ("yaml", "a: 1 # one\n# end\n", "a: 1 # one\nmcp:\n  'on': 1\n# end\n"),
        ("yaml", "mcp:\n    x: 1\nb: 2", "mcp:\n    x: 1\n    'on': 1\nb: 2"),
        ("toml", "a = 1 # one\n\n[t]\nb = 1\n", "a = 1 # one\n\n[t]\nb = 1\n\n[mcp]\non = 1\n"),
    ],
)
def test_a_new_value_is_written_in_the_manner_of_the_file(kind: SettingsFormat, before: str, after: str) -> None:
    """Indentation, commas and comments follow what is there."""
    merged = merge(kind, before.encode(), [Edit("s", kind, ("mcp", "on"), 1, "")], PATH)
    assert after == merged.data.decode()
    undone, kept = take_out(kind, merged.data, merged.claims, PATH)
    assert ((), before.strip()) == (kept, undone.decode().strip())
