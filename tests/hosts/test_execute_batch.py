"""`/execute-batch` in the real Claude Code: worktrees, agents at once, verdicts of the program, the result as asked."""

from __future__ import annotations

import json
import re

import pytest

from tests.commands.execute_batch.conftest import FILES, TASK
from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, Session
from tests.support.model import Answer, Call, Conversation
from tests.support.orchestrator import LINE_NUMBER, REQUEST_WORD, found
from tests.support.project import Outcome, Project
from tests.support.talk import Steps, Talk, follow

IDS = "L1-001,L1-002,L1-006"
BEGIN = re.compile(r"`([^`\n]+ execute-batch begin) <arguments> (--host \w+ --agent [\w-]+)`")
TOOL = re.compile(r"Begin, with `(\w+)`")
CALL = re.compile(r"^(\w+) (\{.*\})$", re.MULTILINE)
RECORD = re.compile(r"^(\S+ execute-batch record .*) <<'(\w+)'$", re.MULTILINE)
END = re.compile(r"Then run:\n    (.*)")


def script(conversation: Conversation) -> Answer:
    """Answer as whoever the conversation is of: all is taken from what was said and printed."""
    if not conversation.tools or not conversation.messages:
        return Answer("A title")
    talk = Talk(conversation)
    steps = implement(talk) if talk.told.startswith("Follow ") else orchestrate(talk)
    return follow(conversation, steps)


def orchestrate(talk: Talk) -> Steps:
    """Follow the skill."""
    shell = found(TOOL, talk.told)
    begin = BEGIN.search(talk.told)
    assert begin is not None, talk.told
    arguments = talk.told.rsplit(f"\n{found(REQUEST_WORD, talk.told)} ", 1)[1].strip()
    (printed,) = yield (talk.call(shell, command=f"{begin[1]} {arguments} {begin[2]}"),)
    said = yield tuple(Call(name, json.loads(facts)) for name, facts in CALL.findall(printed))
    for (command, word), text in zip(RECORD.findall(printed), said, strict=True):
        yield (talk.call(shell, command=f"{command} <<'{word}'\n{text}\n{word}"),)
    (result,) = yield (talk.call(shell, command=found(END, printed)),)
    return result


def implement(talk: Talk) -> Steps:
    """Do what the prompt says; the model of L1-002 is forgotten, though it is claimed."""
    (text,) = yield (talk.file("read", talk.told.split()[-1]),)
    prompt = LINE_NUMBER.sub("", text)
    folder, name = found(re.compile(r"Folder to work in: (\S+)"), prompt), found(re.compile(r"# Task `(\S+)`"), prompt)
    path = found(re.compile(r"must be there at the end:\s+- `([^`]+)`"), prompt)
    if name != "L1-002":
        yield (talk.file("write", f"{folder}/{path}", content="VALUE = 1\n"),)
    return f'Done.\n\nRESULT:\n{{"task_id": "{name}", "status": "verified", "attempt": 1}}'


def run(session: Session, project: Project) -> Outcome:
    """Run `/execute-batch` headless, with the folder of the worktrees open to the host."""
    request = (
        f"--tasks-path tasks --task-ids {IDS} --project-path {project.folder} "
        f"--worktree-dir {project.folder.parent / 'trees'} --batch-number 1 --layer 1-foundation"
    )
    trees = ["--add-dir", str(project.folder.parent / "trees")]
    return session.execute(["claude", "-p", f"/execute-batch {request}", "--permission-mode", "acceptEdits", *trees])


@pytest.mark.parametrize("kind", [pytest.param(CLAUDE, marks=pytest.mark.host(CLAUDE))])
def test_the_seeds_batch_runs_to_its_result(kind: str, open_host: Open, project: Project) -> None:
    """Agents work in their worktrees; what one claims and did not do has failed; BATCH_RESULT is the last message."""
    texts = {f"tasks/1-foundation/{name}-x.xml": TASK.format(id=name, file=FILES[name][0], needs="") for name in FILES}
    session = open_host(kind, script)
    project.write({**texts, "app/__init__.py": ""})
    project.git("add", "-A")
    project.git("commit", "-qm", "tasks")
    (project.folder.parent / "trees").mkdir()
    session.install("project")
    outcome = run(session, project)

    assert "[BATCH 1-foundation #1] Complete\nVerified: L1-001, L1-006\nFailed: L1-002 (attempt 1, will retry)" in (
        outcome.out
    ), str(outcome)
    result = json.loads(outcome.out.partition("BATCH_RESULT:\n")[2].partition("\n}")[0] + "\n}")
    assert (2, False, 3) == (result["merge_queue_ready"], result["should_stop"], result["tasks_total"])
    state = json.loads((project.folder / "tasks" / "execute-state.json").read_text())
    assert ["verified", "failed", "verified"] == [state["tasks"][name]["status"] for name in IDS.split(",")]
    assert "" == project.git("status", "--short", "--", "app")
