"""Sources: what each kind yields, with places, and what is broken told."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.items import sources
from batchpack.items.sources import file_id, of_command, open_source
from batchpack.items.values import SIZE_LIMIT, BadRow, Found, Rejects
from batchpack.process import ProgramFailed
from batchpack.queue import ids


def read(base: Path, word: str, kind: str | None = None, rejects: Rejects | None = None) -> list[Found]:
    """Read a source."""
    return list(open_source(word, base, kind=kind).read(rejects or Rejects()))


def test_jsonl_csv_and_lines(tmp_path: Path) -> None:
    """Objects, rows and lines are items with their places; the JSON of an object is as it was written."""
    (tmp_path / "a.jsonl").write_text('{"id":  1}\n\n{"id": 2}\n')
    (tmp_path / "b.tsv").write_text("id\ttext\n1\tx\n")
    (tmp_path / "c.log").write_text("one\r\n \ntwo")

    assert [(b'{"id":  1}', "a.jsonl:1"), (b'{"id": 2}', "a.jsonl:3")] == [
        (one.body, one.place) for one in read(tmp_path, "a.jsonl")
    ]  # fmt: skip
    assert [{"id": "1", "text": "x"}] == [one.fields for one in read(tmp_path, "b.tsv")]
    assert [{"text": "one"}, {"text": "two"}] == [json.loads(one.body) for one in read(tmp_path, "c.log", "lines")]


def test_what_is_broken_is_told_with_its_line(tmp_path: Path) -> None:
    """The line, and the column where it is known, are named; with `keep_going` the others come."""
    (tmp_path / "a.jsonl").write_bytes(b'{"id": 1}\n{"id": }\n{"id": "' + b"x" * SIZE_LIMIT + b'"}\n{"id": 4}\n')
    (tmp_path / "c.log").write_bytes(b"one\n\xff\n")
    with pytest.raises(BadRow, match=r"a.jsonl:2:8: the line is not JSON"):
        read(tmp_path, "a.jsonl")
    rejects = Rejects(keep_going=True)
    found = read(tmp_path, "a.jsonl", rejects=rejects)
    read(tmp_path, "c.log", "lines", rejects)

    assert ["a.jsonl:1", "a.jsonl:4"] == [one.place for one in found]
    assert ["a.jsonl:2:8", "a.jsonl:3", "c.log:2"] == [place for place, _ in rejects.rows]


def test_files_of_a_pattern(tmp_path: Path) -> None:
    """Each file is an item that points to it, with the hash of its content; links out of the folder are told."""
    (tmp_path / "src/deep").mkdir(parents=True)
    (tmp_path / "secret.py").write_text("secret")
    for name in ("src/b.py", "src/deep/a.py"):
        (tmp_path / name).write_text(name)
    (tmp_path / "src/link.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "src/gone.py").symlink_to(tmp_path / "nothing.py")
    rejects = Rejects(keep_going=True)
    found = read(tmp_path, "src/**/*.py", rejects=rejects)

    assert ["src/b.py", "src/deep/a.py"] == [one.fields["path"] for one in found]
    assert ("src/deep", ".py", len("src/deep/a.py")) == (
        found[1].fields["folder"], found[1].fields["suffix"], found[1].size
    )  # fmt: skip
    assert 64 == len(found[0].fields["sha256"])
    assert {"src/link.py", "src/gone.py"} == {place for place, _ in rejects.rows}


@pytest.mark.parametrize("name", ["a.py", "../x", "-rf", "ü/ä.md", "a..b.lock", "x" * 300, "a b\n.txt", "\udcff"])
def test_ids_of_files(name: str) -> None:
    """Any path has an id that can be one, and no other path has it."""
    made = file_id(name.encode("utf-8", "replace").decode())

    assert made == ids.check("item", made)
    assert made != file_id(f"{name.encode('utf-8', 'replace').decode()}x")


def test_a_command(tmp_path: Path) -> None:
    """Lines of a command are items; its words are never interpreted, and one that fails adds nothing."""
    echo = of_command((sys.executable, "-c", "import sys; print(sys.argv[1]); print('two')", "$(touch x); *"), tmp_path)

    assert ["$(touch x); *", "two"] == [one.fields["text"] for one in echo.read(Rejects())]
    assert not (tmp_path / "x").exists()
    with pytest.raises(ProgramFailed):
        list(of_command((sys.executable, "-c", "print(1); raise SystemExit(3)"), tmp_path).read(Rejects()))
    with pytest.raises(UsageError):
        of_command(("ls",), tmp_path, "files")


def test_standard_input(tmp_path: Path) -> None:
    """`-` is standard input, JSONL unless another format is named."""
    given = io.BytesIO(b'{"id": 1}\n')

    assert ["standard input:1"] == [one.place for one in open_source("-", tmp_path, stdin=given).read(Rejects())]
    assert "csv" == open_source("-", tmp_path, kind="csv", stdin=given).kind


def test_what_a_word_means(tmp_path: Path) -> None:
    """Endings, patterns and folders of mail are told apart; what cannot be is a usage error with the way out."""
    (tmp_path / "box/new").mkdir(parents=True)
    (tmp_path / "plain").mkdir()

    known = {word: open_source(word, tmp_path).kind for word in ("a.JSON", "a.csv", "x.mbox", "box", "*.py")}
    assert {"a.JSON": "jsonl", "a.csv": "csv", "x.mbox": "mbox", "box": "mail", "*.py": "files"} == known
    for word in ("plain", "notes"):
        with pytest.raises(UsageError) as caught:
            open_source(word, tmp_path)
        assert caught.value.hint
    with pytest.raises(BatchpackError, match="no such file"):
        list(sources.open_source("gone.jsonl", tmp_path).read(Rejects()))
