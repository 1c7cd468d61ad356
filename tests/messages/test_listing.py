"""Tests of the table of jobs."""

from __future__ import annotations

from pathlib import Path

from batchpack.messages.listing import rows, table
from tests.support.offline_jobs import make, settle


def test_a_row_a_job_and_a_sentence_for_the_broken(tmp_path: Path) -> None:
    """Numbers of all that can be read; the rest is told by name."""
    done, broken = make(tmp_path / "done", 1200), make(tmp_path / "broken", 3)
    settle(done)
    (broken.folder / "journal.jsonl").write_text('{"event":"of the future","at":"x"}\n')
    found, told = rows([done, broken])

    assert [("done", 1200, 1200, 0, 0, "done")] == [
        tuple(row[name] for name in ("job", "items", "answered", "failed", "pending", "stage")) for row in found
    ]
    assert 1 == len(told)
    assert told[0].startswith("job broken cannot be read: ")
    assert ["job", "done"] == [line.split()[0] for line in table(found)]
    assert "1,200" in list(table(found))[1]
