"""A task about items."""

from __future__ import annotations

from batchpack.item_runs import judging
from batchpack.item_runs.floor import Floor
from batchpack.items.records import Judgement
from batchpack.queue import database
from batchpack.queue.store import SqliteQueue
from tests.item_runs.conftest import Make


def test_only_what_has_no_record_is_called_for(options: Make) -> None:
    """An item with a record is left as it is; each other is recorded as soon as it is judged."""
    one = options(command="echo $BATCHPACK_ITEM >> calls.txt")
    with SqliteQueue(one.folder / database.NAME) as queue:
        task = queue.claim("w")
        assert task is not None
        judging.put(one, task, [Judgement("i0", category="kept")])
        failed = judging.carry_out(Floor(one, print), queue, task, "00")

        assert (False, "done") == (failed, queue.get(task.id).status)
    assert "i1\n" == (one.project / "calls.txt").read_text()
    assert (one.folder / "chunks/chunk-01-summary.json").is_file()


def test_a_task_of_which_all_failed_has_failed(options: Make) -> None:
    """Where no item could be judged the task fails with the first reason."""
    one = options(command="echo no room; exit 2")
    with SqliteQueue(one.folder / database.NAME) as queue:
        task = queue.claim("w")
        assert task is not None
        assert judging.carry_out(Floor(one, print), queue, task, "00")
        ended = queue.get(task.id)

    assert ("failed", True) == (ended.status, "no room" in str(ended.error))


def test_the_folder_of_files_is_known() -> None:
    """Files are read where they were found."""
    assert judging.base_of([{"kind": "jsonl", "base": "/a"}]) is None
    assert "/a" == str(judging.base_of([{"kind": "files", "base": "/a"}]))
