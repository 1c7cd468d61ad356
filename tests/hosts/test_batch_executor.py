"""BatchExecutor from end to end in the real programs: obedient models in every place, a real repository."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Exchange
from tests.support.pipeline import Coder, Pipeline, sequence_of
from tests.support.project import Outcome, Project
from tests.support.talk import agent_of
from tests.support.tasks import subtask, write_feature

EVERY = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE, OLD_CLAUDE)]
KINDS = [*EVERY[:2], pytest.param(OLD_CLAUDE, marks=[pytest.mark.host(OLD_CLAUDE), pytest.mark.thorough])]
CONTEXT = ".tmp/sessions/shop/context.md"
MAKE = (
    "Make feature shop: Write User API | src/users.ts | parallel; Write Product API | src/products.ts | parallel; "
    "Write Order API | src/orders.ts | parallel; Write integration tests | tests/shop.test.ts | after 01,02,03. "
    f"Session context: {CONTEXT}"
)
CARRY_OUT = f"Carry out feature mixed. Session context: {CONTEXT}"


def run(session: Session, request: str) -> Outcome:
    """Ask for it with the skill, as a user does."""
    if session.host == "opencode":
        argv = ["opencode", "run", "--command", "task-management", request]
    else:
        argv = ["claude", "-p", f"/task-management {request}", "--permission-mode", "acceptEdits"]
    return session.execute(argv, timeout=240).assert_ok()


def opened(open_host: Open, kind: str, scope: str, project: Project, **coders: Coder) -> Session:
    """Open a host with the pack and a session context in the project."""
    project.write({CONTEXT: "# Context\nPlain TypeScript.\n"})
    script = Pipeline({name.removeprefix("of_"): coder for name, coder in coders.items()}, Coder(seconds=1.0))
    session = open_host(kind, script)
    session.install(scope)
    return session


def mixed(project: Project, **fields: Any) -> None:
    """Write the feature of the second scenario: two in parallel, one alone, one that depends on all."""
    made = [
        subtask("mixed", "01", title="Setup database", parallel=True, deliverables=["src/db.ts"]),
        subtask("mixed", "02", title="Configure auth", parallel=True, deliverables=["src/auth.ts"], **fields),
        subtask("mixed", "03", title="Setup logging", deliverables=["src/log.ts"]),
        subtask("mixed", "04", title="Implement API", depends_on=["01", "02", "03"], deliverables=["src/api.ts"]),
    ]
    write_feature(project.folder / ".tmp/tasks", "mixed", *made)


def coders(session: Session) -> dict[str, Exchange]:
    """Return the first exchange of each CoderAgent, by sequence."""
    found: dict[str, Exchange] = {}
    for exchange in session.model.log.exchanges:
        if exchange.conversation.tools and agent_of(exchange.conversation) == "CoderAgent":
            found.setdefault(sequence_of(exchange.conversation), exchange)
    return found


def heard_by(session: Session, agent: str) -> list[str]:
    """Return what tools and agents answered to an agent."""
    talks = [one for one in session.model.log.arrived if one.tools and agent_of(one) == agent]
    return [message.text for message in talks[-1].messages if message.role == "tool"]


def statuses(project: Project, feature: str) -> dict[str, str]:
    """Return what the task files say, by sequence."""
    files = sorted((project.folder / ".tmp/tasks" / feature).glob("subtask_*.json"))
    facts = [json.loads(path.read_text()) for path in files]
    return {one["seq"]: one["status"] for one in facts}


def at_once(exchanges: list[Exchange]) -> bool:
    """Tell whether each began before the one before it had its first answer."""
    by_start = sorted(exchanges, key=lambda one: one.came)
    return all(later.came < earlier.ended for earlier, later in pairwise(by_start))


COMPLETE = """## Batch 1 Execution Complete

Feature: shop
Batch: 1
Subtasks: 01, 02, 03
Status: ✅ ALL COMPLETED

### Individual Results:

✅ Subtask 01 - Write User API
   - Status: completed
   - Deliverables: src/users.ts
   - Summary: Made Write User API

✅ Subtask 02 - Write Product API
   - Status: completed
   - Deliverables: src/products.ts
   - Summary: Made Write Product API

✅ Subtask 03 - Write Order API
   - Status: completed
   - Deliverables: src/orders.ts
   - Summary: Made Write Order API

### Batch Statistics:
- Total tasks: 3
- Completed: 3
- Failed: 0
- Success rate: 100%

### Next Steps:
Batch 1 complete. Ready to proceed to Batch 2 (subtask 04).
Batch 2 depends on: 01, 02, 03 (all now satisfied)."""


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("scope", ["project", "user"])
def test_three_independent_components(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """TaskManager makes the feature, three CoderAgents work at once, the fourth follows, and the report is whole."""
    session = opened(open_host, kind, scope, project)
    outcome = run(session, MAKE)
    assert dict.fromkeys(("01", "02", "03", "04"), "completed") == statuses(project, "shop"), str(outcome)
    for seq, place in (("01", "users"), ("02", "products"), ("03", "orders")):
        assert f"// made by the agent of {seq}\n" == (project.folder / f"src/{place}.ts").read_text()
    assert (project.folder / "tests/shop.test.ts").exists()
    assert "# Servers\n" == (project.folder / ".tmp/external-context/http/servers.md").read_text()
    assert any("`README.md`: " in text for text in heard_by(session, "TaskManager"))
    assert stripped(COMPLETE) in stripped(outcome.out), str(outcome)
    agents = coders(session)
    assert at_once([agents[seq] for seq in ("01", "02", "03")]), "agents ran one after another"
    assert agents["04"].came > max(agents[seq].ended for seq in ("01", "02", "03"))


def stripped(text: str) -> str:
    """Return a text without what a host indents its lines with."""
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_mixed_parallel_and_sequential(kind: str, open_host: Open, project: Project) -> None:
    """Of a feature that is there, two run at once, the one that is not parallel alone, and then the last."""
    mixed(project)
    session = opened(open_host, kind, "project", project)
    outcome = run(session, CARRY_OUT)
    assert dict.fromkeys(("01", "02", "03", "04"), "completed") == statuses(project, "mixed"), str(outcome)
    agents = coders(session)
    assert at_once([agents["01"], agents["02"]])
    assert not at_once([agents["02"], agents["03"]])
    assert not at_once([agents["03"], agents["04"]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("end", "reason"), [("block", "no database to test with"), ("give up", "the compiler is missing")]
)
def test_a_failure_stops_the_feature(kind: str, end: Any, reason: str, open_host: Open, project: Project) -> None:
    """An agent that blocks or just fails makes a partial failure with its reason, and no next batch begins."""
    mixed(project)
    session = opened(open_host, kind, "project", project, of_02=Coder(end))
    outcome = run(session, CARRY_OUT)
    assert ["completed", "blocked", "pending", "pending"] == [*statuses(project, "mixed").values()], str(outcome)
    assert "Status: ❌ PARTIAL FAILURE" in outcome.out
    assert "✅ Subtask 01 - Completed" in outcome.out
    assert "❌ Subtask 02 - FAILED: " in outcome.out
    assert reason in outcome.out
    assert "Recommendation: Fix subtask 02 before proceeding to Batch 2." in outcome.out
    assert {"01", "02"} == set(coders(session))


@pytest.mark.parametrize("kind", KINDS)
def test_a_discrepancy_is_mended_and_told(kind: str, open_host: Open, project: Project) -> None:
    """An agent that claims to be done but completed nothing is found out; its work is there, so it is completed."""
    mixed(project)
    session = opened(open_host, kind, "project", project, of_02=Coder("forget"))
    outcome = run(session, CARRY_OUT)
    assert "Discrepancy: 02 was said to be completed, but was not" in outcome.out, str(outcome)
    assert dict.fromkeys(("01", "02", "03", "04"), "completed") == statuses(project, "mixed")


@pytest.mark.parametrize("kind", KINDS)
def test_another_agents_subtask_is_given_back(kind: str, open_host: Open, project: Project) -> None:
    """A batch with a subtask for somebody else is not begun: the main session is told who gets what."""
    mixed(project, suggested_agent="OpenFrontendSpecialist")
    session = opened(open_host, kind, "project", project)
    outcome = run(session, CARRY_OUT)
    assert "02 to OpenFrontendSpecialist: .tmp/tasks/mixed/subtask_02.json" in outcome.out, str(outcome)
    assert {"pending"} == set(statuses(project, "mixed").values())
    assert {} == coders(session)


@pytest.mark.parametrize("kind", KINDS)
def test_a_linked_work_tree_is_worked_in(kind: str, open_host: Open, project: Project) -> None:
    """Opened in a linked work tree, subtask files are read in the main one, and work is written in the linked one."""
    mixed(project)
    linked = project.folder.parent / "linked"
    session = opened(open_host, kind, "user", project)
    project.git("worktree", "add", "-q", str(linked))
    (linked / CONTEXT).parent.mkdir(parents=True)
    (linked / CONTEXT).write_text("# Context\n")
    outcome = run(replace(session, folder=linked), CARRY_OUT)
    assert dict.fromkeys(("01", "02", "03", "04"), "completed") == statuses(project, "mixed"), str(outcome)
    assert (linked / "src/api.ts").exists()
    assert not (project.folder / "src").exists()
