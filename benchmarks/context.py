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
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Ran:
    """What `/batch-run` left: what the model was sent, the run's folder, and the batches of its plan."""

    log: Log
    folder: Path
    batches: list[list[str]]


def main() -> None:
    """Run both ways and print the table."""
    ran = run_ours()
    ours, naive = sizes(ran.log), sizes(run_naive(ran.batches))
    agents = sum(len(batch) for batch in ran.batches)
    print(f"{agents} agents in {len(ran.batches)} batches, {len(REPORT):,} bytes a report")
    for name, found in (("batchpack", ours), ("results as task output", naive)):
        print(f"{name:<25} {sum(found):>10,} bytes in {len(found):>2} requests (largest {max(found):,})")
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


def run_ours(report: str = REPORT, kind: type[Obedient] = Obedient) -> Ran:
    """Run `/batch-run` with ten agents that hand in such a report."""
    project = fresh()
    script = kind(usual=Behaviour(report=report))
    with hosts.session(hosts.OPENCODE, project, script) as session:
        session.install("project")
        outcome = session.run(REQUEST, timeout=600).assert_ok()
        (folder,) = (project.folder / ".batchpack" / "runs").glob("[0-9]*")
        assert (folder / "SYNTHESIS.md").exists(), str(outcome)
        assert all(report in file.read_text() for file in (folder / "results").glob("*.md"))
        plan = json.loads((folder / "plan.json").read_text())
        assert len(plan["depends_on"]) == len(list((folder / "results").glob("*.md")))
        return Ran(session.model.log, folder, [batch["tasks"] for batch in plan["batches"]])


Told = Callable[[str, list[str]], str]
"""What an agent is told more than its role, from its role and those whose reports there are."""


def run_naive(
    batches: Sequence[Sequence[str]], report: str = REPORT, told: Told = lambda *_: "", edits: Collection[str] = ()
) -> Log:
    """Run the same agents by prompts alone, each report returned as the task's output; some write a file before."""
    project = fresh()

    def script(conversation: Conversation) -> Answer:
        if not conversation.tools:
            return Answer("A title")
        if of_naive_agent(conversation):
            role = role_of_naive(conversation)
            writes = role in edits and not any(message.calls for message in conversation.messages)
            file = {"filePath": f"{project.folder}/made/{role}.txt", "content": f"by {role}\n"}
            return Answer(calls=(Call("write", file),)) if writes else Answer(report)
        done = sum(1 for message in conversation.messages if message.calls)
        if done == len(batches):
            return Answer("All parts are done.")
        before = [role for batch in batches[:done] for role in batch]
        return Answer(calls=tuple(task(role, before) for role in batches[done]))

    def task(role: str, before: list[str]) -> Call:
        prompt = f"{MARK}{role}{told(role, before)}"
        return Call("task", {"description": role, "prompt": prompt, "subagent_type": "general"})

    with hosts.session(hosts.OPENCODE, project, script) as session:
        widen(project)
        argv = ["opencode", "run", REQUEST]
        session.execute(argv, timeout=600).assert_ok()
        return session.model.log


def widen(project: Project) -> None:
    """Give the model a window that nothing fills, so that the host never begins to shorten the conversation."""
    settings = project.home / ".config/opencode/opencode.json"
    settings.write_text(settings.read_text().replace("200000", "9000000"))


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


def role_of_naive(conversation: Conversation) -> str:
    """Return the role that such an agent was told."""
    told = next(message.text for message in conversation.messages if MARK in message.text)
    return told.split(MARK, 1)[1].split(maxsplit=1)[0]


if __name__ == "__main__":
    os.environ.setdefault("BATCHPACK_REQUIRE_HOSTS", "0")
    main()
