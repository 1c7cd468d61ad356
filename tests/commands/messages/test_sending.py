"""Sending options: progress does not mix with JSON, and jobs of other modes are sent where they belong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.app import App
from batchpack.commands.messages._sending import desk_options, go_on
from batchpack.errors import UsageError
from batchpack.messages import job as jobs
from batchpack.output import say, warn
from tests.messages.test_job import FACTS


@pytest.mark.parametrize(("as_json", "tell"), [(True, warn), (False, say)])
def test_progress(as_json: bool, tell: object) -> None:
    """Beside JSON, progress goes to standard error."""
    found = desk_options({"as_json": as_json, "queue_limit": None, "grace": 1.0, "no_canary": True})

    assert (tell, 0, False) == (found["tell"], found["queue_limit"], found["canary"])


def test_a_job_without_batches(tmp_path: Path) -> None:
    """A job of direct requests is not resumed as batches; the command that does it is named."""
    job = jobs.write(tmp_path / jobs.ROOT / "x", dataclasses.replace(FACTS, mode="stream"), [])

    with pytest.raises(UsageError) as caught:
        go_on(App(manager.load), job, {})
    assert "batchpack messages stream --resume" in caught.value.hint
