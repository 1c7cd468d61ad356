"""Results of direct requests on disk: each line counts once, torn ones never."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from batchpack.messages.parts import Part

ONE = {"type": "errored", "error": {"error": {"type": "invalid_request_error", "message": "no"}}}
NONE = {"type": "canceled"}


def test_what_was_written_is_found_again(tmp_path: Path) -> None:
    """A second reader knows what the first one wrote, and what is missing."""
    Part(tmp_path / "results/1-1.part", "n-r1-s1-", 4).add(2, ONE)
    again = Part(tmp_path / "results/1-1.part", "n-r1-s1-", 4)
    assert ({2}, [(2, ONE)]) == (again.done, list(again.results()))
    lines = [json.loads(line) for line in again.lines(NONE, {"type": "expired"}, {3})]
    assert {2: "errored", 0: "canceled", 1: "canceled", 3: "expired"} == {
        int(line["custom_id"].rpartition("-")[2]): line["result"]["type"] for line in lines
    }


def test_a_torn_line_is_no_result(tmp_path: Path) -> None:
    """Half a line at the end is passed over; the next one begins on a line of its own."""
    path = tmp_path / "1-1.part"
    Part(path, "n-", 3).add(0, ONE)
    path.write_bytes(path.read_bytes() + b'{"custom_id":"n-1","resu')
    again = Part(path, "n-", 3)
    assert {0} == again.done
    again.add(1, ONE)
    assert {0, 1} == Part(path, "n-", 3).done


def test_lines_of_others_and_second_lines_do_not_count(tmp_path: Path) -> None:
    """A foreign id, a number that the shard does not have and a second result of one request are left out."""
    path = tmp_path / "1-1.part"
    lines = ["n-0", "x-1", "n-9", "n-zwei", "n-0"]
    path.write_text("".join(json.dumps({"custom_id": name, "result": ONE}) + "\n" for name in lines) + "[]\n7\n")
    part = Part(path, "n-", 3)
    assert ({0}, 1) == (part.done, len(list(part.results())))


def test_what_may_be_asked_again_is_open_in_the_next_run(tmp_path: Path) -> None:
    """A lost answer counts while the run goes on, and is open for the next one; then the last line stands."""
    part = Part(tmp_path / "1-1.part", "n-", 2)
    lost = {"type": "errored", "error": {"error": {"type": "timeout_error", "message": "lost"}}}
    part.add(0, lost)
    assert {0} == part.done
    again = Part(part.path, "n-", 2)
    assert set() == again.done
    again.add(0, ONE)
    assert [(0, ONE)] == list(Part(part.path, "n-", 2).results())


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    """Eight threads write 200 results: all are whole and there."""
    part = Part(tmp_path / "1-1.part", "n-", 200)

    def work(first: int) -> None:
        for slot in range(first, 200, 8):
            part.add(slot, {"type": "succeeded", "message": {"text": "x" * 20_000}})

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 == len(list(Part(tmp_path / "1-1.part", "n-", 200).results()))
