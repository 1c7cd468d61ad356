"""What calls used, beside their batch."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from batchpack import projects
from batchpack.executor import Answer, Order, Usage
from batchpack.item_runs import used
from batchpack.item_runs.values import Subject
from tests.item_runs.conftest import Make

ONE = Subject("chunk-01", 1, ({"id": "i1", "fields": {"subject": "secret words"}},))
ORDER = Order("i1", 2, Path("prompt.md"), Path(), agent="judge", model="big")


def test_each_call_is_a_line(options: Make) -> None:
    """Many calls at once leave a whole line each, with figures and names and no word of items or answers."""
    one = options()
    answer = Answer("an answer", Usage(1, 2, 3, 4, 0.5, "small"), "ses-1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: used.note(one, ONE, ORDER, answer), range(40)))
    text = used.path(one.folder).read_text()
    found = [json.loads(line) for line in text.splitlines() if line]

    assert (40, 40) == (len(found), len({row["call"] for row in found}))
    assert {"chunk-01", 2, "judge", "big", "ses-1", "shell"} <= set(map(str, found[0].values())) | {found[0]["attempt"]}
    assert {"input": 1, "output": 2, "cache_read": 3, "cache_write": 4, "dollars": 0.5, "model": "small"} == found[0][
        "usage"
    ]
    assert "answer" not in text
    assert "secret" not in text
    assert one.project.resolve() in projects.known()


def test_a_call_that_tells_nothing_leaves_nothing(options: Make) -> None:
    """A program in which no model works has no line; a full disk is no harm to the call."""
    one = options()
    used.note(one, ONE, ORDER, Answer("text"))
    assert not used.path(one.folder).exists()

    used.path(one.folder).mkdir()
    used.note(one, ONE, ORDER, Answer("text", session="ses-1"))
    assert used.path(one.folder).is_dir()
