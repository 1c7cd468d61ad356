"""Tests of intake: every item once, raw lines kept, records in the items' order; anything else leaves nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.errors import Unwritable
from batchpack.messages import intake
from batchpack.messages.answers import plain
from batchpack.messages.intake import BrokenResults, ForeignResults, Items, Taken
from tests.support.offline_jobs import answered, errored

COUNT = 1200


def lines(count: int = COUNT) -> list[bytes]:
    """Return a line for each item, mixed up; every hundredth failed."""
    made = []
    for slot in range(count):
        result = errored("api_error") if slot % 100 == 99 else answered(f"answer {slot} ü")
        made.append(json.dumps({"custom_id": f"n-r1-s1-{slot}", "result": result}, ensure_ascii=False).encode())
    random.Random(1).shuffle(made)
    return made


def take(folder: Path, given: list[bytes], count: int = COUNT) -> Taken:
    """Take lines in."""
    items = Items("n-r1-s1", [f'"k{slot}"' for slot in range(count)], range(1000, 1000 + count))
    return intake.take_in(iter(given), items, folder / "raw", folder / "sorted", plain)


def test_raw_lines_are_kept_and_records_are_sorted(tmp_path: Path) -> None:
    """The raw file holds what came as it came, the records stand in the order of the items, both hashes hold."""
    given = lines()
    taken = take(tmp_path, given)
    found = [json.loads(row) for row in (tmp_path / "sorted").read_text().splitlines()]

    assert b"".join(row + b"\n" for row in given) == (tmp_path / "raw").read_bytes()
    assert [(1000 + slot, f"k{slot}") for slot in range(COUNT)] == [(row["index"], row["key"]) for row in found]
    assert (COUNT, {"answered": 1188, "api_error": 12}) == (taken.rows, taken.kinds)
    assert [1188] == [row["requests"] for row in taken.usage]
    for name, told in (("raw", taken.sha256), ("sorted", taken.records_sha256)):
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == told
    assert {"raw", "sorted"} == {path.name for path in tmp_path.iterdir()}


def test_records_are_made_again_from_raw_lines(tmp_path: Path) -> None:
    """The same records come of the raw file."""
    first = take(tmp_path, lines())
    (tmp_path / "sorted").unlink()
    items = Items("n-r1-s1", [f'"k{slot}"' for slot in range(COUNT)], range(1000, 1000 + COUNT))

    assert first.records_sha256 == intake.take_again(tmp_path / "raw", items, tmp_path / "sorted", plain).records_sha256


def test_records_that_memory_does_not_hold_are_sorted_too(tmp_path: Path) -> None:
    """Records of twice what is held go through a file, of which nothing is left, and come out in order and whole."""
    text = "ü" * (2 * intake.HELD // COUNT // 2)
    results = (
        json.dumps({"custom_id": f"n-r1-s1-{slot * 7 % COUNT}", "result": answered(text)}) for slot in range(COUNT)
    )
    taken = take(tmp_path, [line.encode() for line in results])

    with (tmp_path / "sorted").open("rb") as stream:
        found = [(row["index"], row["key"], row["answer"] == text) for row in map(json.loads, stream)]
    assert [(1000 + slot, f"k{slot}", True) for slot in range(COUNT)] == found
    assert hashlib.sha256((tmp_path / "sorted").read_bytes()).hexdigest() == taken.records_sha256
    assert {"raw", "sorted"} == {path.name for path in tmp_path.iterdir()}


def broken(change: Callable[[list[bytes]], object]) -> list[bytes]:
    """Return lines that something happened to."""
    given = lines(20)
    change(given)
    return given


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (broken(lambda rows: rows.pop()), BrokenResults, "only 19 of 20"),
        (broken(list.clear), BrokenResults, "only 0 of 20"),
        (broken(lambda rows: rows.append(rows[3])), BrokenResults, "second result"),
        (broken(lambda rows: rows.insert(4, b'{"custom_id": "broken')), BrokenResults, "line 5 is not a result"),
        (broken(lambda rows: rows.insert(0, b"<html>Bad gateway</html>")), BrokenResults, "<html>"),
        (broken(lambda rows: rows.__setitem__(2, rows[2] + rows[2])), BrokenResults, "is not a result"),
        (broken(lambda rows: rows.__setitem__(2, rows[2][:-30])), BrokenResults, "line 3"),
        (broken(lambda rows: rows.__setitem__(2, b"\xff" + rows[2])), BrokenResults, "line 3"),
        (
            broken(lambda rows: rows.__setitem__(0, rows[0].replace(b"n-r1", b"m-r1"))),
            ForeignResults,
            "not in this shard",
        ),
        (broken(lambda rows: rows.append(b'{"custom_id":"n-r1-s1-20","result":{}}')), ForeignResults, "n-r1-s1-20"),
        (broken(lambda rows: rows.append(b'{"custom_id":"n-r1-s1-+1","result":{}}')), ForeignResults, "+1"),
        (broken(lambda rows: rows.append(b"[]")), BrokenResults, "line 21"),
    ],
)
def test_results_that_are_not_whole_leave_nothing(
    tmp_path: Path, given: list[bytes], error: type[Exception], words: str
) -> None:
    """A row too few, too many, twice, broken or foreign: nothing is kept, and what is wrong is said."""
    with pytest.raises(error) as caught:
        take(tmp_path, given, 20)

    assert words in str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_spaces_behind_a_result_do_not_matter(tmp_path: Path) -> None:
    """A carriage return at a line's end is none of our business."""
    assert 20 == take(tmp_path, [row + b" \r" for row in lines(20)], 20).rows


def test_a_disk_that_fills_leaves_nothing(tmp_path: Path) -> None:
    """No half file stays where the room ends, and the error says so."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            take(tmp_path, lines())
        except Unwritable:
            os._exit(0)
        os._exit(1)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert [] == list(tmp_path.iterdir())
