"""/batch-workflow in the real programs: sixty items, three workers, a checkpoint, an approval, acts with receipts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OPENCODE, Session
from tests.support.project import Outcome, Project
from tests.support.sorting import Sorting

KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE)]
MAILS = [{"id": f"mail-{n:02}", "subject": f"Offer {n}" if n % 20 == 0 else f"Hello {n}"} for n in range(1, 61)]
OFFERS = [one["id"] for one in MAILS if "Offer" in one["subject"]]
SORT = "Sort mails.jsonl as batch mails with 3 workers: say of each mail whether it is an offer or other."
GO_ON = "Go on with mails: archive what is offer"


def run(session: Session, request: str) -> Outcome:
    """Ask for it with the skill, as a user does; adding items is not granted by the skill, so the user allows it."""
    if session.host == "opencode":
        argv = ["opencode", "run", "--command", "batch-workflow", request]
    else:
        argv = ["claude", "-p", f"/batch-workflow {request}", "--permission-mode", "acceptEdits"]
        argv += ["--allowedTools", "Bash(batchpack items add:*)"]
    return session.execute(argv, timeout=240).assert_ok()


def tasks(project: Project, **wanted: str) -> list[dict[str, Any]]:
    """Return the tasks of the batch."""
    words = [word for name, value in wanted.items() for word in (f"--{name}", value)]
    return list(project.run("items", "tasks", *words, "--json").json()["tasks"])


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_items_to_the_last_summary(kind: str, open_host: Open, project: Project) -> None:
    """Three workers judge all items; nothing is acted on before a person approves; then each act has its receipts."""
    project.write({"mails.jsonl": "".join(json.dumps(one) + "\n" for one in MAILS)})
    session = open_host(kind, Sorting())
    session.install("project")

    outcome = run(session, SORT)
    assert "60 items = 60 done" in outcome.out, str(outcome)
    assert {f"mails.w{n}": "done" for n in (1, 2, 3)} == {one["assignee"]: one["status"] for one in tasks(project)}
    assert "items approve --hash" in outcome.out
    assert not (project.folder / "archive").exists()
    refused = project.run("items", "act", "archive", "--file", "-", "--batch", "mails", stdin="Move it.")
    refused.assert_failed("nobody approved it")

    digest = project.run("items", "summary", "--json").json()["hash"]
    project.run("items", "approve", "--hash", digest[:12], "--by", "ada").assert_ok()
    outcome = run(session, GO_ON)
    assert f"{2 * len(OFFERS)} receipts, one whole chain." in outcome.out, str(outcome)
    assert OFFERS == sorted(path.stem for path in (project.folder / "archive").iterdir())
    assert {"done"} == {one["status"] for one in tasks(project)}
    summary = json.loads((project.folder / ".batchpack/items/mails/summary.json").read_text())
    assert {"other": 57, "offer": 3} == summary["categories"]
