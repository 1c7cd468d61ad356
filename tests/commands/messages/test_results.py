"""Tests of `messages results`: the answers in all forms."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent


def test_results_in_all_forms(service: Remote, tmp_path: Path) -> None:
    """Lines, a table and a file an item, where they are asked for."""
    ground = sent(tmp_path, service, {})
    ground.settled()
    forms = {"jsonl": "a.jsonl", "csv": "a.csv", "dir": "files"}
    codes = [ground.do("results", "--format", form, "--out", out).code for form, out in forms.items()]

    assert [0, 0, 0] == codes
    assert ground.job.answers.read_bytes() == (ground.folder / "a.jsonl").read_bytes()
    assert 26 == len((ground.folder / "a.csv").read_text().splitlines())
    assert 26 == len(list((ground.folder / "files").iterdir()))
    os.mkfifo(ground.folder / "pipe")
    assert 2 == ground.do("results", "--out", "pipe").code
    assert 2 == ground.do("results", "--out", "files").code
    assert 2 == ground.do("results", "--format", "dir", "--out", "a.csv").code
