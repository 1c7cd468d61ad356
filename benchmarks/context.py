"""Bytes that reach the orchestrator's model in a run of ten agents with 20 KB reports, through the real opencode.

Ours: `/batch-run`, reports handed in through `batchpack`. Naive: the same ten agents in the same batches, started by
the plain build agent, each report returned as the task's output. Both are counted at a scripted loopback model in one
run. The naive orchestrator is given every advantage: it makes no other call than the tasks, and writes no file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support import hosts
from tests.support.model import Answer, Call, Conversation, Log
from tests.support.orchestrator import Behaviour, Obedient, role_of
from tests.support.project import Project

REPORT = "".join(
    f"{number:05d} what was seen, and where it stands in the code: src/part.go:{number}\n" for number in range(300)
)
REPORT = REPORT[:20_000]
MARK = "Hand in your whole report as your answer. Your part: "
REQUEST = (
    "Research how the two old services sign people in, design the schema, build the Go backend and the React frontend, "
    "fix the bug in the token refresh, optimize the slow queries, check the whole for security holes, cover it with "
    "tests, deploy it with docker, and write the handbook"
)
WRITER = {
    "agents/roster.yaml": "roles:\n  technical-writer:\n    keywords: [handbook]\n"
    "    after: [backend-go, frontend-react]\n    does: Writes the handbook.\n",
    "agents/technical-writer.md.j2": "---\nname: technical-writer\ndescription: Writes handbooks\n"
    "permissions:\n  edit: allow\n  bash: allow\n---\n\nYou write the handbook.\n\n"
    "The file named in your message holds your task. Read it\nfirst, with `{{ tools.read }}`.\n",
}


def main() -> None:
    """Run both ways and print the table."""
    ours, batches = run_ours()
    naive = run_naive(batches)
    agents = sum(len(batch) for batch in batches)
    print(f"{agents} agents in {len(batches)} batches, {len(REPORT):,} bytes a report")
    for name, sizes in (("batchpack", ours), ("results as task output", naive)):
        print(f"{name:<25} {sum(sizes):>10,} bytes in {len(sizes):>2} requests (largest {max(sizes):,})")
    print(f"ratio {sum(ours) / sum(naive):.2f} (aim: at most 0.25)")


def fresh() -> Project:
    """Make a project with a tenth role of the user's own."""
    project = Project(Path(tempfile.mkdtemp(prefix="batchpack-bench-")))
    project.write({"README.md": "# A project\n", "go.mod": "module example.com/a\n"}).init_git()
    for path, text in WRITER.items():
        file = project.home / ".config" / "batchpack" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return project


def run_ours() -> tuple[list[int], list[list[str]]]:
    """Run `/batch-run` and return the size of each of the orchestrator's requests, and the batches of its plan."""
    project = fresh()
    script = Obedient(usual=Behaviour(report=REPORT))
    with hosts.session(hosts.OPENCODE, project, script) as session:
        session.install("project")
        outcome = session.run(REQUEST, timeout=600).assert_ok()
        (folder,) = (project.folder / ".batchpack" / "runs").glob("[0-9]*")
        assert (folder / "SYNTHESIS.md").exists(), str(outcome)
        assert all(REPORT in file.read_text() for file in (folder / "results").glob("*.md"))
        plan = json.loads((folder / "plan.json").read_text())
        return sizes(session.model.log), [batch["tasks"] for batch in plan["batches"]]


def run_naive(batches: Sequence[Sequence[str]]) -> list[int]:
    """Run the same agents by prompts alone and return the size of each of the orchestrator's requests."""

    def script(conversation: Conversation) -> Answer:
        if not conversation.tools:
            return Answer("A title")
        if any(MARK in message.text for message in conversation.messages if message.role == "user"):
            return Answer(REPORT)
        done = sum(1 for message in conversation.messages if message.calls)
        if done == len(batches):
            return Answer("All parts are done.")
        return Answer(calls=tuple(task(role) for role in batches[done]))

    def task(role: str) -> Call:
        return Call("task", {"description": role, "prompt": f"{MARK}{role}", "subagent_type": "general"})

    project = fresh()
    with hosts.session(hosts.OPENCODE, project, script) as session:
        argv = ["opencode", "run", REQUEST]
        session.execute(argv, timeout=600).assert_ok()
        return sizes(session.model.log)


def sizes(log: Log) -> list[int]:
    """Return the bytes of each request of the orchestrator: not of its agents, not for titles."""
    return [
        len(json.dumps(exchange.body, ensure_ascii=False).encode())
        for exchange in log.exchanges
        if exchange.conversation.tools
        and role_of(exchange.conversation) is None
        and not of_naive_agent(exchange.conversation)
    ]


def of_naive_agent(conversation: Conversation) -> bool:
    """Tell an agent of the naive way by what it was told."""
    return any(MARK in message.text for message in conversation.messages if message.role == "user")


if __name__ == "__main__":
    os.environ.setdefault("BATCHPACK_REQUIRE_HOSTS", "0")
    main()
