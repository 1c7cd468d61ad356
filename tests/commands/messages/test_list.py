"""Tests of `messages list`: a line a job."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import Collected, sent
from tests.support.message_jobs import run


def test_list_shows_all_jobs(service: Remote, tmp_path: Path) -> None:
    """One line a job; one that cannot be read is told and does not hide the others."""
    ground = sent(tmp_path, service)
    ground.wait()
    broken = ground.job.folder.with_name("broken")
    broken.mkdir()
    (broken / "job.json").write_text("{")
    words = ["messages", "list", "--project", str(ground.folder)]
    text, facts = run(ground, words).text, run(ground, [*words, "--json"]).text

    assert "reviews  claude-haiku-5-5  25     21        4       0        done with failures" in text
    assert "job broken cannot be read" in text
    assert ["reviews"] == [row["job"] for row in json.loads(facts[: facts.rindex("}") + 1])["jobs"]]


def test_no_jobs_yet(service: Remote, tmp_path: Path) -> None:
    """An empty project says how to begin."""
    ended = run(Collected(tmp_path / "g", service), ["messages", "list", "--project", str(tmp_path)])

    assert (0, True) == (ended.code, "batchpack messages submit" in ended.text)
