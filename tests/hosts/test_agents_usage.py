"""What the agents of a host used for a run, from the host's own records, held against the scripted model's count."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from batchpack import ledger, manager
from batchpack.executor import Usage
from batchpack.metrics import attributing, own, reading
from batchpack.metrics.collecting import collect
from batchpack.metrics.values import Record
from tests.commands.execute_batch.conftest import FILES, TASK
from tests.hosts import test_execute_batch as execute_batch
from tests.hosts.conftest import Open
from tests.hosts.test_headless_usage import truth
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Exchange
from tests.support.orchestrator import Behaviour, Obedient, role_of
from tests.support.project import Project
from tests.support.talk import Talk

KINDS = [
    pytest.param(CLAUDE, marks=pytest.mark.host("claude_code")),
    pytest.param(OPENCODE, marks=pytest.mark.host("opencode")),
    pytest.param(OLD_CLAUDE, marks=[pytest.mark.host("claude_code"), pytest.mark.thorough]),
]


def looked_up(project: Project, base: Path) -> tuple[Record, Usage | None]:
    """Return the only run with what its agents used, and what the session itself did."""
    registry = manager.load()
    ours = own.collectors(registry.executors, project.folder)
    with ledger.open(base / "metrics.sqlite") as store:
        assert () == collect([*ours.values(), *registry.collectors.values()], store).complaints
        record = reading.find("latest", project.folder, ())
        return attributing.filled(record, store), attributing.itself(record, store)


def by_role(session: Session) -> dict[str, list[Exchange]]:
    """Return the exchanges of each agent; those of the session itself have no role."""
    found = defaultdict[str, list[Exchange]](list)
    for exchange in session.model.log.exchanges:
        if exchange.conversation.tools:
            found[role_of(exchange.conversation) or ""].append(exchange)
    return found


def tokens(used: Usage | None) -> tuple[int, int, int]:
    """Return the tokens in, out, and in or from the cache."""
    assert used is not None
    return used.input, used.output, used.cache_read + used.cache_write


@pytest.mark.parametrize("kind", KINDS)
def test_each_attempt_has_what_its_agent_used(
    kind: str, open_host: Open, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the token, agents that are tried again attempt by attempt; the session itself is counted beside them."""
    session = open_host(kind, Obedient({"frontend-react": Behaviour("BLOCKED")}))
    session.install("project")
    session.run("Add a Go API, a React page for it, and docker deployment").assert_ok()
    monkeypatch.setenv("HOME", str(project.home))
    record, itself = looked_up(project, tmp_path)
    exchanges = by_role(session)
    mine = truth(kind, exchanges.pop(""))
    tasks = {task.name: task for task in record.tasks if task.attempts}

    assert set(exchanges) == set(tasks)
    assert 2 == len(tasks["frontend-react"].attempts)
    for name, of_agent in exchanges.items():
        each = [tokens(one.usage) for one in tasks[name].attempts]
        assert truth(kind, of_agent)[1:] == tuple(map(sum, zip(*each, strict=True))), name
    assert 2 == len({tokens(one.usage) for one in tasks["frontend-react"].attempts}) or kind != OPENCODE
    assert all(0 <= counted <= most for counted, most in zip(tokens(itself), mine[1:], strict=True))
    assert itself is not None
    assert itself.output > 0
    assert {"scripted"} <= {one.model for one in record.attempts} or kind != OPENCODE


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_batch_that_is_verified_has_what_its_agents_used(
    kind: str, open_host: Open, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents in worktrees, whose prompts are files named by task and attempt: each attempt to the token."""
    session = open_host(kind, execute_batch.script)
    project.write({
        f"tasks/1-foundation/{name}-x.xml": TASK.format(id=name, file=FILES[name][0], needs="")
        for name in FILES
    })  # fmt: skip
    project.git("add", "-A")
    project.git("commit", "-qm", "tasks")
    session.install("project")
    execute_batch.run(session, project).assert_ok()
    monkeypatch.setenv("HOME", str(project.home))
    record, itself = looked_up(project, tmp_path)
    of_file = defaultdict[str, list[Exchange]](list)
    for exchange in session.model.log.exchanges:
        told = Talk(exchange.conversation).told if exchange.conversation.messages else ""
        if exchange.conversation.tools and told.startswith("Follow "):
            of_file[Path(told.split()[-1]).stem].append(exchange)

    assert {f"{name}-1" for name in execute_batch.IDS.split(",")} == set(of_file)
    used = {f"{task.name}-{one.number}": tokens(one.usage) for task in record.tasks for one in task.attempts}
    assert {stem: truth(kind, exchanges)[1:] for stem, exchanges in of_file.items()} == used
    assert itself is not None
