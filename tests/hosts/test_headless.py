"""The executors `claude` and `opencode` with the real programs: three tasks each, what is refused, what pauses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.attempts.prompt import Told, write
from batchpack.attempts.verdict import Verdict
from batchpack.executor import Answer, Executor, Order
from batchpack.workplan.values import WorkTask
from tests.support.attempts import Ground, ground
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session, session
from tests.support.model import Answer as Said
from tests.support.model import Call, Conversation, Script
from tests.support.project import ROOT
from tests.support.refusals import refusing

HOSTS = [
    pytest.param(CLAUDE, marks=pytest.mark.host("claude_code")),
    pytest.param(OPENCODE, marks=pytest.mark.host("opencode")),
    pytest.param(OLD_CLAUDE, marks=[pytest.mark.host("claude_code"), pytest.mark.thorough]),
]
TASK = WorkTask(
    "L1-001",
    "Write enums",
    prompt="Write app/enums.py.",
    deliverables=("app/enums.py",),
    verify=("grep -q A app/enums.py",),
)


@dataclass
class Lab:
    """A host with its executor, and a worktree to work in."""

    host: Session
    ground: Ground
    executor: Executor
    base: Path

    def tried(self, task: WorkTask = TASK, *, number: int = 1, **more: str) -> tuple[Answer, Verdict]:
        """Carry a task out with the real program, as the engine would, and judge it."""
        prompt, out, err = (self.base / f"{number}.{name}" for name in ("md", "out", "err"))
        write(prompt, Told(task, number, self.ground.worktree.path, self.ground.worktree.branch), [ROOT])
        order = Order(task.id, number, prompt, self.ground.worktree.path, commands=task.verify)
        launch = self.executor.launch(replace(order, **more))  # type: ignore[arg-type]
        environment = self.ground.project.environment(self.host.environment())
        changes = {name: value for name, value in launch.env.items() if value is not None}
        kept = {name: value for name, value in environment.items() if launch.env.get(name, "") is not None}
        assert launch.stdin is not None
        with launch.stdin.open() as stdin, out.open("w") as said, err.open("w") as warned:
            code = subprocess.run(
                [str(self.ground.project.home / "programs" / launch.argv[0]), *launch.argv[1:]],
                cwd=order.folder, env=kept | changes, stdin=stdin, stdout=said, stderr=warned, timeout=120, check=False,
            ).returncode  # fmt: skip
        answer = self.executor.read(order, out, err, code)
        return answer, self.ground.judged(answer, task=task, code=code, attempt=number, out=out, err=err)


@contextmanager
def lab(kind: str, base: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Make a repository with a worktree, and a host whose model follows a script."""
    here = ground(base)
    monkeypatch.setenv("HOME", str(here.project.home))
    with session(kind, here.project, script) as host:
        name = "opencode" if kind == OPENCODE else "claude"
        yield Lab(host, here, manager.load().executors[name], base)


def calls(kind: str, folder: Path, *acts: tuple[str, str, str]) -> tuple[Call, ...]:
    """Write acts as the host's tool calls: `write` a path and a text, `run` a command."""
    made = []
    for act, word, text in acts:
        claude = kind != OPENCODE
        if act == "write":
            path = str(folder / word)
            made.append(
                Call("Write" if claude else "write", {"file_path" if claude else "filePath": path, "content": text})
            )
        else:
            made.append(Call("Bash" if claude else "bash", {"command": word, "description": text}))
    return tuple(made)


def turns(conversation: Conversation) -> int:
    """Count the turns in which the model called tools."""
    return sum(bool(message.calls) for message in conversation.messages)


def result(status: str = "verified", **facts: object) -> str:
    """Return last words with a RESULT."""
    return f"Done.\nRESULT:\n{json.dumps({'task_id': 'L1-001', 'status': status, **facts})}"


@pytest.mark.parametrize("kind", HOSTS)
def test_a_task_is_done_and_verified(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompt reaches the model whole, edits and the verification's own line work, usage and session are read."""
    told: list[str] = []

    def script(conversation: Conversation) -> Said:
        told.extend(message.text for message in conversation.messages)
        folder = tmp_path / "trees" / "L1-001"
        acts = (("write", "app/enums.py", "A = 1\n"), ("run", "grep -q A app/enums.py", "verify"))
        if turns(conversation) == 0:
            return Said(calls=calls(kind, folder, acts[0]))
        if turns(conversation) == 1:
            return Said(calls=calls(kind, folder, acts[1]))
        return Said(result())

    with lab(kind, tmp_path, script, monkeypatch) as here:
        answer, verdict = here.tried()

    assert ("verified", ("app/enums.py",), None) == (verdict.state, verdict.files, answer.pause), verdict.reason
    assert any("Write app/enums.py." in text for text in told)
    assert not any("denied" in text or "prevents you" in text for text in told)
    assert answer.session
    assert answer.usage is not None
    assert answer.usage.tokens > 0
    assert (answer.usage.dollars is None) == (kind == OPENCODE)


@pytest.mark.parametrize("kind", HOSTS)
def test_what_the_work_does_not_need_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing outside of the folder, secrets, git's shared state and other programs are refused; the work goes on."""
    seen: list[str] = []
    folder = tmp_path / "trees" / "L1-001"
    acts = [
        ("write", str(tmp_path / "project" / "new.md"), "taken over\n"), ("write", ".env", "KEY=1\n"),
        ("run", "git stash -u", "stash"), ("run", "git push origin HEAD", "push"), ("run", "touch ran", "touch"),
    ]  # fmt: skip

    def script(conversation: Conversation) -> Said:
        if turns(conversation) < len(acts):
            return Said(calls=calls(kind, folder, acts[turns(conversation)]))
        if turns(conversation) == len(acts):
            seen.extend(message.text for message in conversation.messages if message.role == "tool")
            return Said(calls=calls(kind, folder, ("write", "app/enums.py", "A = 1\n")))
        return Said(result())

    with lab(kind, tmp_path, script, monkeypatch) as here:
        _, verdict = here.tried()
        assert "" == here.ground.git("stash", "list")
    refused = [any(word in text for word in ("denied", "prevents you", "permission", "approval")) for text in seen]
    touched = kind != OPENCODE  # within its folder, Claude Code lets an agent that may edit make files by `touch` too

    assert [True, True, True, True, not touched] == refused, seen
    assert "verified" == verdict.state or touched
    assert not (folder / ".env").exists()
    assert not (tmp_path / "project" / "new.md").exists()


@pytest.mark.parametrize("kind", HOSTS)
def test_a_retry_goes_on_in_the_session(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second attempt sees what the first one said, is counted alone, and a session that is gone is begun anew."""
    lengths: list[int] = []

    def script(conversation: Conversation) -> Said:
        asked = [message.text for message in conversation.messages if message.role == "user"]
        users = sum("Task `L1-001`" in text for text in asked)
        lengths.append(users)
        if users == 2 and turns(conversation) == 0:
            return Said(calls=calls(kind, tmp_path / "trees" / "L1-001", ("write", "app/enums.py", "A = 1\n")))
        return Said(result("failed", error="no idea") if users == 1 else result())

    with lab(kind, tmp_path, script, monkeypatch) as here:
        first, failed = here.tried()
        second, passed = here.tried(number=2, session=first.session)
        gone = here.executor.launch(
            Order("t", 3, tmp_path / "1.md", tmp_path, session=first.session.replace(first.session[-4:], "0000"))
        )

    assert ("failed", "verified") == (failed.state, passed.state), passed.reason
    assert {1, 2} <= set(lengths)
    assert second.session == first.session
    assert first.usage is not None
    assert second.usage is not None
    assert kind == OPENCODE or (2 * first.usage.tokens == second.usage.tokens)
    assert not any("0000" in word for word in gone.argv)


REFUSALS = {
    "too many requests": (429, "rate_limit_error", "too many requests", True),
    "overloaded": (529, "overloaded_error", "Overloaded", True),
    "wrong key": (401, "authentication_error", "invalid x-api-key", False),
    "no such model": (404, "not_found_error", "model: nope", False),
}


REPEATED = {"overloaded", "no such model"}
"""Taken as another of these is taken."""


@pytest.mark.parametrize(
    "what", [pytest.param(w, marks=pytest.mark.thorough if w in REPEATED else ()) for w in REFUSALS]
)
@pytest.mark.parametrize("kind", HOSTS)
def test_a_refusal_of_the_service_is_a_pause(
    kind: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are waited for, a wrong key or model needs somebody; neither says anything on the task."""
    status, name, text, mends = REFUSALS[what]
    if kind == OPENCODE and mends:
        pytest.skip("opencode itself repeats the request for a minute; its event is read in tests/plugins")
    with refusing(status, name, text) as url, lab(kind, tmp_path, lambda _: Said(), monkeypatch) as here:
        settings = here.ground.project.home / ".config/opencode/opencode.json"
        if kind == OPENCODE:
            settings.write_text(settings.read_text().replace(here.host.model.url, url))
        here.host = replace(here.host, model=replace(here.host.model, url=url))
        answer, verdict = here.tried()

    assert answer.pause is not None
    assert (mends, "paused") == (answer.pause.mends, verdict.state)
    assert answer.pause.reason


@pytest.mark.parametrize("kind", HOSTS)
def test_an_agent_that_is_not_there_is_told(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that the host does not know stops the run with its name: it would work with other rights."""
    with lab(kind, tmp_path, lambda _: Said(result()), monkeypatch) as here:
        answer, _ = here.tried(agent="no-such-role")

    assert answer.pause is not None
    assert (False, True) == (answer.pause.mends, "no-such-role" in answer.pause.reason), answer.pause


PLAN = """\
name: shop
tasks:
  - id: A-1
    title: Enums
    prompt: Write enums.py with the letter A.
    deliverables: [enums.py]
    verify: [grep -q A enums.py]
  - id: A-2
    title: Model
    prompt: Write model.py with the letter B.
    deliverables: [model.py]
    verify: [grep -q B model.py]
  - id: B-1
    title: Interface
    depends_on: [A-1, A-2]
    prompt: Write api.py from enums.py and model.py.
    deliverables: [api.py]
    verify: [cat enums.py model.py, grep -q C api.py]
"""
FILES = {"A-1": ("enums.py", "A\n"), "A-2": ("model.py", "B\n"), "B-1": ("api.py", "C\n")}


@pytest.mark.parametrize("kind", HOSTS)
def test_a_plan_is_carried_out_headless(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tasks in two layers, one of which is wrong at first: all verified and merged, the checkout untouched."""
    tries: dict[str, int] = {}

    def script(conversation: Conversation) -> Said:
        asked = [message.text for message in conversation.messages if message.role == "user"]
        told = next((text for text in reversed(asked) if "Folder to work in: " in text), "")
        task = told.partition("# Task `")[2].partition("`")[0]
        folder = Path(told.partition("Folder to work in: ")[2].partition("\n")[0])
        if conversation.messages[-1].role == "tool":
            return Said(f'RESULT: {{"task_id": "{task}", "status": "verified"}}')
        tries[task] = tries.get(task, 0) + 1
        name, text = FILES[task]
        wrong = task == "A-2" and "What went wrong before" not in told
        return Said(calls=calls(kind, folder, ("write", f"{name}", "x\n" if wrong else text)))

    here = ground(tmp_path)
    here.project.write({"plan.yaml": PLAN})
    with session(kind, here.project, script) as host:
        name = "opencode" if kind == OPENCODE else "claude"
        done = here.project.run("run", "plan.yaml", "--executor", name, "--json", env=host.environment())
    merged = here.project.git("log", "--all", "--first-parent", "--format=%s").splitlines()

    done.assert_ok()
    assert {"A-1": 1, "A-2": 2, "B-1": 1} == tries, str(done)
    assert {"A-1: Enums", "A-2: Model", "B-1: Interface"} <= set(merged)
    assert "main" == here.project.git("branch", "--show-current").strip()
    assert not (here.project.folder / "api.py").exists()
