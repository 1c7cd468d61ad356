"""Items: JSONL, CSV and files are read one at a time, and what cannot be sent is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.files import fingerprint
from batchpack.messages.items import BadItem, Seen, Source, open_source


def source(folder: Path, text: str | bytes, name: str = "items.jsonl", **options: object) -> Source:
    """Write a file of items and open it."""
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return open_source((name,), folder, **options)  # type: ignore[arg-type]


def test_jsonl(tmp_path: Path) -> None:
    """Each line is an item; empty lines and a byte order mark are none; count and hash are known afterwards."""
    text = '\ufeff{"a": 1}\n\n{"a": 2}'
    found = source(tmp_path, text)

    assert [(0, 0, {"a": 1}, "line 1"), (1, 1, {"a": 2}, "line 3")] == [tuple(item) for item in found.read()]
    assert (2, fingerprint(text.encode())) == (found.count, found.sha256)
    assert found.sha256 == found.fingerprint()


@pytest.mark.parametrize(("name", "mark"), [("rows.csv", ","), ("rows.tsv", "\t")])
def test_csv(tmp_path: Path, name: str, mark: str) -> None:
    """The head names the fields; cells may hold line ends; a cell may be as long as a document."""
    long = "x" * 300_000
    text = f'id{mark}text\na{mark}"two\nlines"\n\nb{mark}{long}\n'

    items = list(source(tmp_path, text, name, key="id").read())

    assert [("a", "two\nlines"), ("b", long)] == [(item.key, item.fields["text"]) for item in items]


def test_files(tmp_path: Path) -> None:
    """Each file of a pattern is an item with path, name and text; the hash changes with the text of any."""
    (tmp_path / "src/deep").mkdir(parents=True)
    for name in ("src/b.py", "src/a.py", "src/deep/c.py"):
        (tmp_path / name).write_text(f"# {name}")
    found = open_source(("src/**/*.py",), tmp_path)
    before = [(item.fields["path"], item.fields["name"], item.fields["text"]) for item in found.read()]
    (tmp_path / "src/a.py").write_text("# changed")

    assert ("src/a.py", "a.py", "# src/a.py") == before[0]
    assert ["src/a.py", "src/b.py", "src/deep/c.py"] == [row[0] for row in before]
    assert found.sha256 != found.fingerprint()


def test_several_files_are_an_item_each(tmp_path: Path) -> None:
    """What a shell makes of a pattern without quotes is taken as files."""
    for name in ("b.md", "a.md"):
        (tmp_path / name).write_text(name)

    assert ["a.md", "b.md"] == [item.fields["path"] for item in open_source(("b.md", "a.md"), tmp_path).read()]


BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "not JSON": ("items.jsonl", '{"a": 1}\n{"a": }\n', "items.jsonl:2:"),
    "no object": ("items.jsonl", "[1]\n", "the line is no JSON object"),
    "not UTF-8": ("items.csv", b"a\n\xff\n", "items.csv:2: it is not UTF-8"),
    "ragged": ("items.csv", "a,b\n1,2\n1\n", "items.csv:3: 1 cells where the head has 2"),
    "same column": ("items.csv", "a,a\n1,2\n", "two columns have the same name"),
    "quote": ("items.csv", 'a\n"x\n', "items.csv:2"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_told_with_its_place(tmp_path: Path, what: str) -> None:
    """File, line and, where it is known, column are named."""
    name, text, said = BROKEN[what]

    with pytest.raises(BrokenFile) as caught:
        list(source(tmp_path, text, name).read())

    assert said in caught.value.message


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n"])
def test_no_items(tmp_path: Path, text: str) -> None:
    """A file without items is an error, not a job of nothing."""
    with pytest.raises(BatchpackError, match="no items"):
        list(source(tmp_path, text, "items.csv" if "," in text else "items.jsonl").read())


def test_a_pattern_without_files_and_a_missing_file(tmp_path: Path) -> None:
    """Nothing found is told, whichever way it was named."""
    with pytest.raises(BatchpackError, match="no items"):
        list(open_source(("*.nothing",), tmp_path).read())
    with pytest.raises(BatchpackError, match="no such file"):
        list(open_source(("gone.jsonl",), tmp_path).read())


@pytest.mark.parametrize("words", [("notes.txt",), ("folder",), ("a.csv", "b.csv")])
def test_what_cannot_be_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    """An unknown ending, a folder, and several files that hold many items each are usage errors with the way out."""
    (tmp_path / "folder").mkdir()

    with pytest.raises(UsageError) as caught:
        open_source(words, tmp_path, kind="csv" if len(words) > 1 else None)

    assert caught.value.hint


def test_twins_are_refused(tmp_path: Path) -> None:
    """The same line twice, or the same key twice, is told with both places; --allow-duplicates lets it pass."""
    rows = '{"id": "a", "t": 1}\n{"id": "b", "t": 1}\n{"id": "a", "t": 1}\n'

    with pytest.raises(BatchpackError, match="line 1 and line 3 are the same"):
        list(source(tmp_path, rows).read())
    with pytest.raises(BatchpackError, match="line 1 and line 3 have the same key 'a'"):
        list(source(tmp_path, rows, key="id").read())
    assert 3 == len(list(source(tmp_path, rows, allow_duplicates=True).read()))


def test_many_items_without_twins(tmp_path: Path) -> None:
    """Ten thousand items that differ by one letter are no twins."""
    rows = "".join(f'{{"n": {number}}}\n' for number in range(10_000))

    assert 10_000 == len(list(source(tmp_path, rows).read()))


def test_seen_finds_each_hash_that_comes_twice() -> None:
    """Among many hashes exactly those are returned that were noted more than once."""
    seen = Seen()
    for mark in [*range(-5000, 5000), 7, 7, -3]:
        seen.add(mark)

    assert {7, -3} == seen.twins()


@pytest.mark.parametrize("value", ["null", "true", '""', "[1]", "1.5"])
def test_a_key_that_is_none(tmp_path: Path, value: str) -> None:
    """A key is a text or a whole number; an item without one is told with its fields."""
    with pytest.raises(BadItem, match="fields: id"):
        list(source(tmp_path, f'{{"id": {value}}}\n', key="id").read())
