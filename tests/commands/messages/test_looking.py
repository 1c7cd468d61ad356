"""Tests of what the commands share that look after jobs: wrong words, keys and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import Collected, sent
from tests.support.message_jobs import run


@pytest.mark.parametrize("command", ["status", "wait", "results", "cancel", "retry"])
def test_a_job_that_is_none_is_told(service: Remote, tmp_path: Path, command: str) -> None:
    """The word and where to look."""
    ended = run(Collected(tmp_path / "g", service), ["messages", command, "nix", "--project", str(tmp_path)])

    assert 1 == ended.code
    assert "there is no job 'nix' here" in ended.text
    assert "batchpack messages list" in ended.text


@pytest.mark.parametrize("command", ["wait", "results", "cancel", "retry"])
def test_another_key_is_refused(service: Remote, tmp_path: Path, command: str) -> None:
    """Batches of one workspace cannot be seen from another; nothing is asked there."""
    ground = sent(tmp_path, service)
    ground.key = "another"
    ended = ground.do(command)

    assert 1 == ended.code
    assert "was begun with another key" in ended.text
