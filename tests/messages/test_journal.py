"""The journal of a job: appended, on disk, and never half believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.messages import journal


def test_events_come_back(tmp_path: Path) -> None:
    """What was appended is read, in order, with its time."""
    path = tmp_path / "journal.jsonl"
    written = [journal.append(path, "intent", round=1, shard=2), journal.append(path, "created", batch="b")]

    assert written == journal.read(path)
    assert written[0]["at"].endswith("Z")


def test_a_torn_line_was_never_acted_upon(tmp_path: Path) -> None:
    """What a crash left of a line is passed over, also when more was appended later."""
    path = tmp_path / "journal.jsonl"
    journal.append(path, "intent", round=1)
    whole = path.read_bytes()
    for cut in range(1, len(whole) - 1):
        path.write_bytes(whole + whole[:cut])
        journal.append(path, "created", batch="b")

        assert ["intent", "created"] == [one["event"] for one in journal.read(path)]


@pytest.mark.parametrize("line", ["rubbish", "[1]", '{"at":"x","event":"from_the_future"}', "\0\0\0\0"])
def test_a_damaged_journal_is_refused(tmp_path: Path, line: str) -> None:
    """A line that no crash leaves, and an event of a newer version, end all acting: it could pay twice."""
    path = tmp_path / "journal.jsonl"
    journal.append(path, "intent", round=1)
    path.write_text(f"{path.read_text()}{line}\n")

    with pytest.raises(BrokenFile, match=r"journal\.jsonl:2"):
        journal.read(path)


def test_an_unknown_event_is_never_written(tmp_path: Path) -> None:
    """A misspelt event would be refused by every later reading."""
    with pytest.raises(ValueError, match="creatd"):
        journal.append(tmp_path / "journal.jsonl", "creatd")


def test_a_missing_journal(tmp_path: Path) -> None:
    """A journal that is gone is an error that names it."""
    with pytest.raises(BrokenFile, match="journal"):
        journal.read(tmp_path / "journal.jsonl")
