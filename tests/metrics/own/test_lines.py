"""Lines that are appended to: each read once, as far as it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from batchpack.collector import Complaint, Cursor, Fact, Mark, Session
from batchpack.metrics.own import lines


def take(line: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield a mark for each line."""
    yield Mark(Session("h", "s"), str(line["n"]), 0.0)


def read(path: Path, cursor: Cursor | None = None) -> tuple[list[Fact], Cursor | None]:
    """Return all facts behind a cursor, and the next one."""
    facts = list[Fact]()
    for portion in lines.portions(path, cursor, take):
        facts += portion.facts
        cursor = portion.cursor
    return facts, cursor


def told(facts: list[Fact]) -> list[str]:
    """Return the marks."""
    return [fact.event for fact in facts if isinstance(fact, Mark)]


@given(st.lists(st.binary(max_size=30), max_size=30))
def test_however_a_file_grows_each_line_is_read_once(pieces: list[bytes]) -> None:
    """Read after each piece that is written, the facts are those of one reading at the end."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path, cursor, found = Path(folder, "a.jsonl"), None, list[Fact]()
        for number, piece in enumerate(pieces):
            with path.open("ab") as stream:
                stream.write(piece + (b'\n{"n": %d}' % number))
            facts, cursor = read(path, cursor)
            found += facts
        if pieces:
            assert read(path)[0] == found
            assert read(path, cursor) == ([], cursor)


def test_a_line_that_makes_no_sense_is_told_and_passed_over(tmp_path: Path) -> None:
    """Half a line at the end waits; what is no object, or says not what it must, is a complaint with its place."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1}\nnot json\n[1]\n{"m": 2}\n\n{"n": "\\ud800"}\n{"n": 4')
    facts, _ = read(path)

    assert ["1", "\ud800"] == told(facts)
    assert ["byte 9", "byte 18", "byte 22"] == [fact.where for fact in facts if isinstance(fact, Complaint)]


def test_many_lines_come_in_portions(tmp_path: Path) -> None:
    """Memory stays flat: no portion has more lines than agreed, and each has its own cursor."""
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(lines.LINES * 2 + 1)))
    found = list(lines.portions(path, None, take))

    assert [lines.LINES, lines.LINES, 1] == [len(one.facts) for one in found]
    assert [str(n) for n in range(lines.LINES, lines.LINES * 2 + 1)] == told(read(path, found[0].cursor)[0])


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    """Another file under the name, or one that is shorter than what was read, begins at its start."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1}\n{"n": 2}\n')
    _, cursor = read(path)
    (tmp_path / "b").write_text('{"n": 3}\n{"n": 4}\n{"n": 5}\n')
    (tmp_path / "b").replace(path)

    assert ["3", "4", "5"] == told(read(path, cursor)[0])
    _, cursor = read(path)
    path.write_text('{"n": 6}\n')
    assert ["6"] == told(read(path, cursor)[0])
