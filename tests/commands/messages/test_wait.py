"""Tests of `messages wait` as a command: prices of one's own; its loop is tested with the service room."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent


def test_prices_of_ones_own(service: Remote, tmp_path: Path) -> None:
    """A table without the model makes the cost unknown, and a broken one is told before anything is done."""
    ground = sent(tmp_path, service, {})
    rate = {"input": 1, "output": 1, "cache_read": 1, "write_5m": 1, "write_1h": 1}
    table = {"schema": 1, "as_of": "2027-01-01", "source": "s", "batch": 0.5, "models": {"other": [rate]}}
    (ground.folder / "p.json").write_text(json.dumps(table))
    known, broken = ground.wait("--prices", "p.json"), ground.wait("--prices", "items.jsonl")

    assert "Cost: unknown: no price for 25 of claude-haiku-5-5 answers in the table of 2027-01-01" in known.text
    assert (1, True) == (broken.code, "items.jsonl" in broken.text)
