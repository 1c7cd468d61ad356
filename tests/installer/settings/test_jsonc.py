"""JSON with comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.installer.settings import jsonc

PATH = Path("settings.json")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        (" \n", {}),
        ('{"a": -1.5e3, "b": [true, null, "\\u00e9\\n"]}', {"a": -1500.0, "b": [True, None, "é\n"]}),
        ('// x\n{"a": [1, 2,], /* y */}', {"a": [1, 2]}),
        ('{"a": -1, // x\n}', {"a": -1}),
    ],
)
def test_what_hosts_accept_is_read(text: str, value: object) -> None:
    """Comments, trailing commas, and nothing at all."""
    assert value == jsonc.load(text, PATH)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": 1, "a": 2, }'])
def test_a_key_given_twice_is_refused(text: str) -> None:
    """Hosts differ on which one they take."""
    with pytest.raises(BrokenFile, match="'a' stands twice"):
        jsonc.load(text, PATH)


def test_the_five_changes() -> None:
    """Insert, replace, push, pop and delete touch one place only."""
    text = '{\n  "a": [1], // one\n  "b": {}\n}\n'
    assert '{\n  "a": [1], // one\n  "b": {},\n  "c": [1, 2]\n}\n' == jsonc.insert(text, ("c",), [1, 2])
    assert '{\n  "a": [1], // one\n  "b": {\n    "x": 1\n  }\n}\n' == jsonc.replace(text, ("b",), {"x": 1})
    assert '{\n  "a": [1, 2], // one\n  "b": {}\n}\n' == jsonc.push(text, ("a",), 2)
    assert '{\n  "a": [], // one\n  "b": {}\n}\n' == jsonc.pop(text, ("a",), 0)
    assert '{\n  "a": [1] // one\n}\n' == jsonc.delete(text, ("b",))
