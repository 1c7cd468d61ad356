"""XML with the line of every element."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.workplan import xml_tree

FILE = Path("t.xml")
LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<task>&c;</task>'
)
REACHING = b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<task>&x;</task>'


def test_elements_know_their_lines() -> None:
    """Tags are in small letters with hyphens, attributes too, and text keeps its place among elements."""
    root = xml_tree.parse("<Task>\n<files_to_create>é <File Path='a'/> b</files_to_create>\n</Task>".encode(), FILE)
    inner = root.children[0]

    assert ("task", 1, "files-to-create", 2) == (root.tag, root.line, inner.tag, inner.line)
    assert ({"path": "a"}, "é  b") == (inner.children[0].attributes, inner.own_text)


def test_encodings_that_xml_has_are_read() -> None:
    """A file that says its encoding is read by it."""
    assert "é" == xml_tree.parse('<?xml version="1.0" encoding="latin-1"?><t>é</t>'.encode("latin-1"), FILE).text
    assert "é" == xml_tree.parse('<?xml version="1.0" encoding="utf-16"?><t>é</t>'.encode("utf-16"), FILE).text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (LAUGHS, "a DTD or an entity"), (REACHING, "a DTD or an entity"), (b"<!DOCTYPE t><t/>", "a DTD or an entity"),
        (b"<t>&nbsp;</t>", "undefined entity"), (b"<t>\n<a></t>", "mismatched tag"), (b"", "no element"),
        (b"x", "syntax error"), (b"<t>\0</t>", "not well-formed"), (b"\xff\xfe", "broken XML"),
        (b'<?xml version="1.0" encoding="klingon"?><t/>', "unknown encoding"), (b"<t>" * 60, "in each other"),
        (b"<t/><t/>", "broken XML"),
    ],
)  # fmt: skip
def test_bombs_and_broken_files_are_refused(data: bytes, word: str) -> None:
    """What could grow, reach out or end the process is refused with what it is."""
    with pytest.raises(BrokenFile, match=word):
        xml_tree.parse(data, FILE)


def test_large_files_are_refused(tmp_path: Path) -> None:
    """A task file has at most one megabyte; a folder and a missing file are told."""
    (tmp_path / "t.xml").write_bytes(b"<t>" + b"x" * xml_tree.SIZE_LIMIT + b"</t>")

    for path, word in (
        (tmp_path / "t.xml", "larger than 1 MB"),
        (tmp_path, "plain file"),
        (tmp_path / "no", "plain file"),
    ):
        with pytest.raises(BrokenFile, match=word):
            xml_tree.read(path)
