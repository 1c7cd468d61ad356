"""`/execute-batch` in the real hosts: worktrees, agents at once, verdicts of the program, the result as asked."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.commands.execute_batch.conftest import FILES, TASK
from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OPENCODE, Session
from tests.support.model import Answer, Call, Conversation
from tests.support.orchestrator import LINE_NUMBER, REQUEST_WORD, found
from tests.support.project import Outcome, Project
from tests.support.talk import Steps, Talk, agent_of, follow

AGENT = "task-implementer"
IDS = "L1-001,L1-002,L1-006"
PLACES = [
    pytest.param(CLAUDE, "user", marks=pytest.mark.host(CLAUDE)),
    pytest.param(OPENCODE, "project", marks=pytest.mark.host(OPENCODE)),
    pytest.param(CLAUDE, "project", marks=[pytest.mark.host(CLAUDE), pytest.mark.thorough]),
    pytest.param(OPENCODE, "user", marks=[pytest.mark.host(OPENCODE), pytest.mark.thorough]),
]
BEGIN = re.compile(r"`([^`\n]+ execute-batch begin) <arguments> (--host \w+)`")
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
    """Do what the prompt says, as the pack's own agent; the model of L1-002 is forgotten, though it is claimed."""
    assert agent_of(talk.conversation) == AGENT, talk.conversation.system[:300]
    file = talk.told.split()[-1]
    (text,) = yield (talk.file("read", file),)
    prompt = LINE_NUMBER.sub("", text)
    folder, name = found(re.compile(r"Folder to work in: (\S+)"), prompt), found(re.compile(r"# Task `(\S+)`"), prompt)
    path = found(re.compile(r"must be there at the end:\s+- `([^`]+)`"), prompt)
    if name == "L1-001":
        yield from _stray(talk, folder, file.partition("/.batchpack/")[0])
    if name != "L1-002":
        yield (talk.file("write", f"{folder}/{path}", content="VALUE = 1\n"),)
        (said,) = yield (_shell(talk, f"cd {folder} && git add -A && git commit -qm 'made by {name}' && pwd"),)
        assert folder in said, said
    return f'Done.\n\nRESULT:\n{{"task_id": "{name}", "status": "verified", "attempt": 1}}'


def _stray(talk: Talk, folder: str, main: str) -> Generator[tuple[Call, ...], list[str], None]:
    """Try to work in the main tree and beside the worktree: each try is refused, and the work goes on."""
    beside = folder.rpartition("/")[0]
    calls = (
        talk.file("write", f"{main}/app/stray.py", content="x"),
        talk.file("write", f"{beside}/stray.py", content="x"),
        talk.file("write", f"{main}/.git/hooks/pre-commit", content="x"),
        _shell(talk, f"touch {main}/app/stray.py"),
        _shell(talk, f"cd {main} && touch app/stray.py"),
        _shell(talk, f"cd {folder} && touch {main}/app/stray.py"),
        _shell(talk, f"cd {folder} && git push"),
        _shell(talk, f"cd {folder} && git reset --hard HEAD"),
    )
    for call in calls:
        (said,) = yield (call,)
        assert any(word in said for word in ("batchpack's guard", "specified a rule which prevents")), (call, said)


def _shell(talk: Talk, command: str) -> Call:
    """Run a command with the host's shell."""
    return talk.call(next(name for name in talk.conversation.tools if name.lower() == "bash"), command=command)


def run(session: Session, project: Project) -> Outcome:
    """Run `/execute-batch` headless; Claude Code is told which folder is open beside the project, and that it may."""
    trees = f"{project.folder}.worktrees"
    request = (
        f"--tasks-path tasks --task-ids {IDS} --project-path {project.folder} "
        f"--worktree-dir {trees} --batch-number 1 --layer 1-foundation"
    )
    if session.host == "opencode":
        return session.execute(["opencode", "run", "--command", "execute-batch", "--", request])
    Path(trees).mkdir()
    open_ones = ["--permission-mode", "acceptEdits", "--add-dir", trees, "--allowedTools", "Bash"]
    return session.execute(["claude", "-p", f"/execute-batch {request}", *open_ones])


@pytest.mark.parametrize(("kind", "scope"), PLACES)
def test_the_seeds_batch_runs_to_its_result(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """Agents work in their worktrees and nowhere else; what one claims and did not do failed; the result comes last."""
    texts = {f"tasks/1-foundation/{name}-x.xml": TASK.format(id=name, file=FILES[name][0], needs="") for name in FILES}
    session = open_host(kind, script)
    project.write({**texts, "app/__init__.py": ""})
    project.git("add", "-A")
    project.git("commit", "-qm", "tasks")
    session.install(scope)
    outcome = run(session, project)

    assert "[BATCH 1-foundation #1] Complete\nVerified: L1-001, L1-006\nFailed: L1-002 (attempt 1, will retry)" in (
        outcome.out
    ), str(outcome)
    result = json.loads(outcome.out.partition("BATCH_RESULT:\n")[2].partition("\n}")[0] + "\n}")
    assert (2, False, 3) == (result["merge_queue_ready"], result["should_stop"], result["tasks_total"])
    state = json.loads((project.folder / "tasks" / "execute-state.json").read_text())
    assert ["verified", "failed", "verified"] == [state["tasks"][name]["status"] for name in IDS.split(",")]
    assert "" == project.git("status", "--short", "--", "app")
    assert "made by L1-001\nmade by L1-006\n" == "".join(
        project.git("-C", f"{project.folder}.worktrees/{name}", "log", "-1", "--format=%s")
        for name in ("L1-001", "L1-006")
    )
    assert [] == [path for path in project.folder.parent.rglob("stray.py") if "node_modules" not in path.parts]
