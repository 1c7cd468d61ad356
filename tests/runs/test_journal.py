"""The journal: appended in one write, read past what a crash tore."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile, Unwritable
from batchpack.runs import journal

FIRST = journal.dump(journal.event("run_started", run="r"))


def test_a_torn_last_line_is_passed_over_and_told(tmp_path: Path) -> None:
    """What stands before a torn line counts, what is appended after it counts too, and its number is told."""
    path = tmp_path / "journal.jsonl"
    path.write_text(f'{FIRST}\n{{"at":"x","event":"resu')
    assert journal.read(path).torn == (2,)
    journal.append(path, journal.event("synthesized"), journal.event("taken_over", fence=2))
    read = journal.read(path)
    assert [one["event"] for one in read.events] == ["run_started", "synthesized", "taken_over"]
    assert read.torn == (2,)


@pytest.mark.parametrize("text", ["", "\n", "no json\n", '{"event":"result"}\n', "[]\n"])
def test_a_journal_that_does_not_begin_with_its_run_is_broken(tmp_path: Path, text: str) -> None:
    """A journal of nothing, or of something else, is an error with its place, never an empty run."""
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(BrokenFile, match="does not begin with the start of a run"):
        journal.read(path)


def test_a_journal_that_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    """Appending never makes a journal without its first line."""
    with pytest.raises(Unwritable, match="the journal is gone"):
        journal.append(tmp_path / "journal.jsonl", journal.event("synthesized"))
    assert not list(tmp_path.iterdir())


def test_any_text_stays_one_line(tmp_path: Path) -> None:
    """Line ends of any kind inside an event do not end its line."""
    path = tmp_path / "journal.jsonl"
    path.write_text(FIRST + "\n")
    text = "a\nb\rc\u2028d\x85e"
    journal.append(path, journal.event("task_failed", reason=text))
    assert journal.read(path).events[1]["reason"] == text
