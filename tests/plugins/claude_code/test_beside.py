"""Whose transcript it is, and who started whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.collector import Source
from tests.support import claude_records as records
from tests.support.claude_records import AGENT, SESSION, answered, collected, said


@pytest.mark.parametrize("new", [True, False])
def test_an_agent_of_an_agent_leads_to_it(new: bool) -> None:
    """New versions say which agent made the call; in the records of older ones the call itself is looked for."""
    call = json.loads(answered(1, 1, agent="a1"))
    call["message"]["content"] = [{"type": "tool_use", "id": "toolu_9", "name": "Agent", "input": {}}]
    records.transcript(Path.home(), json.dumps(call, separators=(",", ":")) + "\n", agent="a1")
    records.transcript(Path.home(), "", agent="a3")
    path = records.transcript(Path.home(), said("x", agent="a2"), answered(2, 1, agent="a2"), agent="a2")
    records.describe(path, toolUseId="toolu_9", spawnDepth=2, **({"parentAgentId": "a1"} if new else {}))

    assert ["a1"] == [one.parent for one in records.sessions(collected(Source(str(path), "1"))[0])]


def test_what_lies_beside_may_be_missing_or_broken() -> None:
    """Then the lines themselves name the agent, where they do."""
    line = answered(1, 1, agent=AGENT, attributionAgent="Explore")
    for text in (None, "{", "[]", "[" * 100_000, '{"agentType": 5, "spawnDepth": "x"}'):
        path = records.transcript(Path.home(), line, agent=AGENT)
        if text is not None:
            path.with_suffix(".meta.json").write_text(text)
        assert ["Explore"] == [one.agent for one in records.sessions(collected(Source(str(path), "1"))[0])]


def test_who_started_an_agent_is_not_guessed() -> None:
    """Read before that is written down, it is unknown, so that what is read later is not taken for a contradiction."""
    path = records.transcript(Path.home(), answered(1, 1, agent=AGENT), agent=AGENT)
    told = [records.sessions(collected(Source(str(path), "1"))[0])[0].parent]
    for facts in ({"toolUseId": "toolu_1", "spawnDepth": 2}, {"toolUseId": "toolu_1", "spawnDepth": 1}):
        records.describe(path, **facts)
        told.append(records.sessions(collected(Source(str(path), "1"))[0])[0].parent)

    assert ["", "", SESSION] == told
