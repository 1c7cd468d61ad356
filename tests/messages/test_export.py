"""Tests of exports: lines, a table and files, from keys of every kind."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from batchpack.messages import closing, export
from batchpack.messages.export import Occupied
from batchpack.messages.job import Job
from batchpack.prices import shipped
from tests.support.offline_jobs import answered, errored, make, settle

RESULTS = {1: answered('=cmd|"x",\n2'), 2: errored("api_error", "no, really"), 3: answered("-5"), 4: answered("\ud800")}


def closed(folder: Path, count: int = 6) -> Job:
    """Make a job that is done."""
    job = make(folder / "job", count)
    settle(job, RESULTS)
    closing.close(job, shipped())
    return job


def test_lines_are_the_answers(tmp_path: Path) -> None:
    """A copy elsewhere is the same."""
    job = closed(tmp_path)
    export.as_lines(job, tmp_path / "out" / "a.jsonl")

    assert job.answers.read_bytes() == (tmp_path / "out" / "a.jsonl").read_bytes()


def test_a_table_has_a_row_an_item(tmp_path: Path) -> None:
    """Text with commas, quotes and line ends survives; what a spreadsheet would run does not; numbers stay."""
    job = closed(tmp_path)
    export.as_table(job, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert [str(number) for number in range(6)] == [row["index"] for row in rows]
    assert ["answer 0 in 1", '\'=cmd|"x",\n2', "", "-5", "\\ud800"] == [row["answer"] for row in rows[:5]]
    assert ("failed", "api_error", "no, really", "10") == (
        rows[2]["status"], rows[2]["kind"], rows[2]["reason"], rows[0]["input"],
    )  # fmt: skip


def test_each_answer_has_a_file(tmp_path: Path) -> None:
    """Named by the key; failed items have none; a second export replaces the first."""
    job = closed(tmp_path)

    assert [5, 5] == [export.as_files(job, tmp_path / "out") for _ in range(2)]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {".batchpack-job", *(f"key-{number}.txt" for number in (0, 1, 3, 4, 5))} == names
    assert "-5\n" == (tmp_path / "out" / "key-3.txt").read_text()


def test_keys_never_lead_elsewhere(tmp_path: Path) -> None:
    """A key with slashes, dots or the letters of another in another case becomes a name that is safe and its own."""
    job = make(tmp_path / "job", 5)
    path = job.keys("1-1")
    keys = ["../../etc/passwd", "a/b", "Same", "same", ""]
    path.write_text("".join(f"{number}\t{json.dumps(key)}\n" for number, key in enumerate(keys)))
    settle(job)
    closing.close(job, shipped())
    export.as_files(job, tmp_path / "out")

    names = {path.name for path in (tmp_path / "out").iterdir()} - {".batchpack-job"}
    assert {"_0-etc-passwd.txt", "_1-a-b.txt", "Same.txt", "_3-same.txt", "_4.txt"} == names
    assert {"job", "out"} == {path.name for path in tmp_path.iterdir()}


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    """Files that are not of this job are never mixed with or replaced."""
    job = closed(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "key-0.txt").write_text("mine")

    with pytest.raises(Occupied):
        export.as_files(job, tmp_path / "out")
    assert ["mine"] == [path.read_text() for path in (tmp_path / "out").iterdir()]


def test_json_answers_are_json_files(tmp_path: Path) -> None:
    """With a schema each file holds the value."""
    job = make(tmp_path / "job", 1, schema={"type": "object"})
    settle(job, {0: answered('{"bugs": []}')})
    closing.close(job, shipped())
    export.as_files(job, tmp_path / "out")

    assert {"bugs": []} == json.loads((tmp_path / "out" / "key-0.json").read_text())
