"""`batch-metrics` after real sessions: what it says is what the models were asked, to the token."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.hosts.conftest import Open
from tests.support.anthropic_model import Anthropic
from tests.support.hosts import CLAUDE, OPENCODE, Session
from tests.support.orchestrator import Behaviour, Obedient
from tests.support.project import Project

EXAMPLE = '"Build user authentication with React frontend, Go backend, tests, and docs"'
DOOR = str(Path(sys.executable).with_name("batch-metrics"))
KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE)]


def truth(session: Session) -> tuple[int, int]:
    """Return how many requests with tools the scripted model answered, and their tokens, as the service tells them."""
    bodies = [one.body for one in session.model.log.exchanges if one.conversation.tools]
    if session.kind == OPENCODE:
        return len(bodies), sum(len(json.dumps(body)) // 4 + 9 for body in bodies)
    kinds = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    used = [Anthropic().usage(body, 0)[1] for body in bodies]
    return len(bodies), sum(one.get(name, 0) for one in used for name in kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_in_a_host_is_measured(kind: str, open_host: Open, project: Project) -> None:
    """Each agent's tokens stand at its task; with those of the session itself, before the run as well, they are all."""
    session = open_host(kind, Obedient(usual=Behaviour(seconds=0.5)))
    session.install("user")
    session.run(EXAMPLE).assert_ok()
    env = session.environment()

    facts = project.execute([DOOR, "--last", "--json"], env=env).json()
    [every] = project.execute([DOOR, "--by", "host", "--json"], env=env).json()["rows"]
    by_run = project.execute([DOOR, "--by", "run", "--json"], env=env).json()["rows"]
    said = project.execute([DOOR, "--last"], env=env).assert_ok().out
    [run] = facts["runs"]
    itself = facts["session_itself"]

    assert (3, 0, 0) == (run["usage"]["measured"], run["usage"]["unknown"], facts["complaints"])
    assert all(one["usage"]["tokens"] > 0 for one in run["by_task"])
    own = sum(itself[name] for name in ("input", "output", "cache_read", "cache_write"))
    tokens = {one["run"]: one["tokens"] for one in by_run}
    assert truth(session) == (every["requests"], every["tokens"])
    assert every["tokens"] == sum(tokens.values())
    assert (run["usage"]["tokens"], {run["run"], None}) == (tokens[run["run"]], set(tokens))
    assert 0 < own < tokens[None], "the turn that began the run is not in it"
    assert "the session itself" in said
    assert [name for name in ("backend-go", "frontend-react", "test-automator") if name not in said] == []
