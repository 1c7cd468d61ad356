"""Reading a roster file."""

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
        ("roles:\n  debugger: [\n", 3, "YAML"),
        ("roles:\n  debugger: !!python/object/apply:os.getcwd []\n", 2, "YAML"),
    ],
)
def test_what_is_no_yaml_is_told(text: str, line: int, word: str, written: Callable[[str], Path]) -> None:
    """What is no YAML, or asks for objects, is told with its file and line."""
    with pytest.raises(BrokenFile, match=word) as caught:
        load_roster([ROOT, written(text)])
    assert ("roster.yaml", line) == (caught.value.path.name, caught.value.line)


def test_what_is_no_text_is_told(written: Callable[[str], Path]) -> None:
    """A file that is not UTF-8 is told with the line, not read as something else."""
    root = written("")
    (root / "agents" / "roster.yaml").write_bytes(b"roles:\n  caf\xe9:\n")
    with pytest.raises(BrokenFile, match="UTF-8") as caught:
        load_roster([ROOT, root])
    assert 2 == caught.value.line
