"""Tests of `messages status`: what the journal knows, and what must not be put off."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import Collected, sent


def age(ground: Collected, days: float) -> None:
    """Let a job's journal be older."""
    path = ground.job.journal
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row["at"] = (datetime.fromisoformat(row["at"]) - timedelta(days=days)).isoformat()
    path.write_text("".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in rows))


def test_status_goes_by_the_journal(service: Remote, tmp_path: Path) -> None:
    """No key, no address, no service: what the journal knows is shown, as text and as facts."""
    ground = sent(tmp_path, service)
    asked = service.stats()["calls"]
    ground.key = ""
    text, facts = ground.do("status").text, ground.facts()

    assert "25 items = 0 answered + 0 failed + 25 pending" in text
    assert "shards: 3, of these 3 sent, 0 ended, 0 collected" in text
    assert "expires in 23 h 59 min" in text
    assert ("in progress", 25, 3) == (facts["stage"], facts["pending"], len(facts["shards"]))
    assert asked == service.stats()["calls"]


def test_late_results_are_warned_of(service: Remote, tmp_path: Path) -> None:
    """From day 25 on every look at the job says until when its results can be had."""
    ground = sent(tmp_path, service)
    age(ground, 24.5)
    calm = ground.do("status").text
    age(ground, 1)
    late = ground.do("status").text
    age(ground, 5)
    lost = ground.do("status").text

    assert "warning" not in calm
    assert "are thrown away from" in late
    assert "in 3 d 1" in late
    assert "past day 29" in lost
