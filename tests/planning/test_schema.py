"""The shape of a roster file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.planning import load_roster
from tests.support.project import ROOT


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("roles:\n  Writer:\n    does: x\n", 2, "small letters"),
        ("roles:\n  debugger:\n    tear: elite\n", 3, "unknown key"),
        ("roles:\n  debugger:\n    tier: best\n", 3, "elite, standard"),
        ("roles:\n  debugger:\n    edits: 1\n", 3, "True, False"),
        ("roles:\n  debugger:\n    keywords:\n      - fix\n      - word: go\n        only: [in go]\n", 6, "one `_`"),
        ("roles:\n  debugger:\n    keywords:\n      - 3\n", 4, "mapping"),
        ("roles: []\n", 1, "mapping"),
        ("- a\n", 1, "mapping"),
        ("complexity:\n  base: many\n", 2, "number"),
        ("complexity:\n  words:\n    - name: x\n", 3, "number"),
        ("estimate:\n  turns: [3, 2, 1]\n", 2, "rising"),
        ("estimate:\n  prices:\n    output: -1\n", 3, "number"),
        ("fallback: [x]\n", 1, "text"),
    ],
)
def test_what_has_no_place_in_a_roster_is_told(text: str, line: int, word: str, written: Callable[[str], Path]) -> None:
    """What is not of the shape is told with its file, its line and what is expected."""
    with pytest.raises(BrokenFile, match=word) as caught:
        load_roster([ROOT, written(text)])
    assert ("roster.yaml", line) == (caught.value.path.name, caught.value.line)
