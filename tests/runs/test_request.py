"""The request: from exactly one source, of sensible size, every character as it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.runs import request
from tests.support.project import Project


@pytest.mark.parametrize("words", [["a", "b"], ["a  b"], ['"a b"'], ["$(id)", "`x`", "'"], ["--help", "-"]])
def test_words_are_joined_and_otherwise_left_alone(words: list[str]) -> None:
    """Quotes, blanks inside a word and what a shell would run stay as they are."""
    assert " ".join(words) == request.read(words, None)


@pytest.mark.parametrize(("words", "file"), [([], None), (["text"], "a.md"), (["text"], "-"), (["text"], "")])
def test_there_is_one_source(words: list[str], file: str | None) -> None:
    """No text, or text and a file too, is a wrong use that says what to give."""
    with pytest.raises(UsageError, match="say what is to be done"):
        request.read(words, file)


def test_a_file_is_read_to_the_letter(tmp_path: Path) -> None:
    """Line ends of any kind and letters of any script come through."""
    text = "Build\r\n\ta “thing” 漢字\n\n"
    (tmp_path / "a.md").write_bytes(text.encode())
    assert text == request.read([], str(tmp_path / "a.md"))


@pytest.mark.parametrize("more", [0, 1])
def test_one_megabyte_is_the_most(tmp_path: Path, more: int) -> None:
    """The limit itself is allowed, one byte beyond is told."""
    (tmp_path / "a.md").write_bytes(b"x" * (request.LARGEST + more))
    if not more:
        assert request.LARGEST == len(request.read([], str(tmp_path / "a.md")))
        return
    with pytest.raises(BatchpackError, match="is over 1 MB"):
        request.read([], str(tmp_path / "a.md"))


def test_a_letter_cut_off_is_told_with_its_place(tmp_path: Path) -> None:
    """Text that is not UTF-8 names the first bad byte."""
    (tmp_path / "a.md").write_bytes(b"abc\xc3")
    with pytest.raises(BatchpackError, match=r"is not UTF-8 text \(byte 3\)"):
        request.read([], str(tmp_path / "a.md"))


@pytest.mark.parametrize("name", ["", ".", "gone/a.md"])
def test_what_is_no_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A folder, a name of nothing and a file that is not there are errors, not tracebacks."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BatchpackError, match="cannot be read"):
        request.read([], name)


@pytest.mark.parametrize("file", ["-", "/dev/zero"])
def test_what_never_ends_is_not_read_to_its_end(project: Project, file: str) -> None:
    """Of a pipe or a device that never ends no more is read than is allowed, and no run is begun."""
    outcome = project.execute(["bash", "-c", f"ulimit -v 2000000; yes | batchpack start --file {file}"], timeout=60)
    outcome.assert_failed(f"--file {file} is over 1 MB")
    assert not (project.folder / ".batchpack").exists()
