"""`batchpack items record`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.support.item_batches import ItemBatch


def test_one_and_many(batch: ItemBatch) -> None:
    """One item by options, many as lines; each answer says how far the task is."""
    assert "2 of 3 items of chunk-01 are judged.\n" == batch.judge({"item": "i0"}, {"item": "i2"}).assert_ok().out
    one = batch.items("record", "chunk-01", "i4", "--token", "1", "--category", "fyi", "--data", '{"n": 1}', "--json")

    assert (3, 3) == (one.json()["judged"], one.json()["items"])
    assert {"n": 1} == json.loads(batch.items("show", "i4", "--json").json()["item"]["record"]["data"])


def test_refusals(batch: ItemBatch) -> None:
    """A stale token, an item of another task, a line that is no record and nothing at all are refused in words."""
    batch.judge().assert_ok()
    batch.items("record", "chunk-01", "i0", "--token", "5").assert_failed("no claim of chunk-01 had token 5")
    batch.items("record", "chunk-01", "i1", "--token", "1").assert_failed("'i1' is no item of chunk-01")
    batch.items("record", "chunk-01", "--token", "1", "--file", "-", stdin="{").assert_failed(
        "input:1: the line", code=2
    )
    batch.items("record", "chunk-01", "--token", "1").assert_failed("one of ITEM and --file", code=2)


@pytest.mark.parametrize(
    "text", ['\ufeff{"item": "i0"}', '{"item": "i0", "category": "\\ud800"}', '{"item": "i0", "rationale": "a\u2028b"}']
)
def test_strange_texts_are_kept(batch: ItemBatch, text: str) -> None:
    """Half of a letter, marks at the beginning and marks that some take for the end of a line do no harm."""
    batch.judge().assert_ok()
    batch.items("record", "chunk-01", "--token", "1", "--file", "-", stdin=text).assert_ok()

    assert "done" == batch.items("show", "i0", "--json").json()["item"]["record"]["disposition"]


@pytest.mark.parametrize(
    ("words", "data"),
    [
        (("record", "chunk-01", "--token", "1", "--file", "-"), b"\xff"),
        (("append", "chunk-01", "--text", "-"), b"\xff"),
        (("show", b"\xff"), b""),
        (("record", "chunk-01", b"\xff", "--token", "1"), b""),
        (("fail", b"\xff", "--token", "1", "--error", "x"), b""),
        (("tasks", b"\xff"), b""),
        (("list", "--after", "9" * 20), b""),
        (("tasks", "--after", "9" * 20), b""),
        (("approve", "--check", "--chunk", "9" * 20), b""),
    ],
)
def test_what_no_file_can_hold_is_told(batch: ItemBatch, words: tuple[str | bytes, ...], data: bytes) -> None:
    """Bytes that are no text and numbers without end are the caller's mistake, not a defect."""
    assert batch.claim()
    given = [os.fsencode(word) for word in (sys.executable, "-m", "batchpack", "items", *words)]
    done = subprocess.run(given, cwd=batch.project.folder, input=data, capture_output=True, check=False)

    assert 2 == done.returncode, done.stderr
    assert re.search(rb"is not UTF-8 text|is no text|is too large", done.stderr)
