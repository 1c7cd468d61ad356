"""What the agents' rules hold in the real programs: each row is tried by a real subagent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.hosts.conftest import Open
from tests.support.hosts import CLAUDE, OLD_CLAUDE, OPENCODE, Session
from tests.support.model import Answer, Call, Conversation
from tests.support.project import Project

SECRET = "hunter2"
DENIED = (
    "specified a rule which prevents", "unavailable tool", "invalid", "Rejected", "not available", "batchpack's guard",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A tool call of a role, and whether it must go through."""

    role: str
    tool: str
    arguments: dict[str, Any]
    allowed: bool

    def __str__(self) -> str:
        return f"{self.role} {self.tool} {' '.join(map(str, self.arguments.values()))[:60]}"


def _bash(role: str, command: str, allowed: bool) -> Row:
    """Run a command."""
    return Row(role, "bash", {"command": command, "description": "x"}, allowed)


def _write(role: str, path: str, allowed: bool) -> Row:
    """Write a file below the project, whose place `{}` stands for."""
    return Row(role, "write", {"filePath": f"{{}}/{path}", "content": "new"}, allowed)


def _read(role: str, path: str, allowed: bool) -> Row:
    """Read a file below the project."""
    return Row(role, "read", {"filePath": f"{{}}/{path}"}, allowed)


ROWS = [
    _bash("explorer", "git log --oneline -1", True),
    _bash("explorer", "git diff HEAD", True),
    _bash("explorer", "ls", True),
    _bash("explorer", "rg module go.mod", True),
    _bash("explorer", "batchpack result put r t --status DONE --summary x --file - <<'E'\n`a` $(b) > c --pre\nE", True),
    _bash("explorer", "touch got-1", False),
    _bash("explorer", "git log -1 --output=got-2", False),
    _bash("explorer", "rg --pre touch . got", False),
    _bash("explorer", "ls; touch got-3", False),
    _bash("explorer", "ls && touch got-3", False),
    _bash("explorer", "git log $(touch got-3)", False),
    _bash("explorer", "git commit --allow-empty -m got", False),
    _bash("explorer", "batchpack install --host osa --yes", False),
    _bash("explorer", "cat .env", False),
    _write("explorer", "got-4", False),
    _read("explorer", ".env", False),
    _read("explorer", "deep/.env.local", False),
    _read("explorer", "go.mod", True),
    _read("explorer", "../other/.batchpack/b73e/explorer.md", True),
    _read("explorer", "../other/notes.md", False),
    _bash("backend-go", "mkdir -p made && touch made/it", True),
    _bash("backend-go", "git commit --allow-empty -m got", False),
    _bash("backend-go", "git stash", False),
    _bash("backend-go", "batchpack synthesize r", False),
    _write("backend-go", "src/environment.ts", True),
    _write("backend-go", ".env", False),
    _write("backend-go", "deep/.env.local", False),
    _write("backend-go", "top.key", False),
    _write("backend-go", ".git/hooks/got", False),
    _write("backend-go", ".opencode/agents/explorer.md", False),
    _write("backend-go", ".batchpack/got", False),
    _write("backend-go", "opencode.json", False),
]


def _trial(place: str) -> Any:
    """Make a script: the main agent starts one agent of each role, and each tries all its rows in one message."""
    roles = sorted({row.role for row in ROWS})

    def answer(conversation: Conversation) -> Answer:
        """Answer as the main agent or as one of the roles."""
        if not conversation.tools or any(message.role == "tool" for message in conversation.messages):
            return Answer("done")
        told = conversation.messages[0].text
        role = next((role for role in roles if f"try as {role}" in told), None)
        if role is None:
            start = [{"subagent_type": one, "prompt": f"try as {one}", "description": "x"} for one in roles]
            return Answer(calls=tuple(Call("task", parameters) for parameters in start))
        return Answer(calls=tuple(_filled(row, place) for row in ROWS if row.role == role))

    return answer


def _filled(row: Row, place: str) -> Call:
    """Put the project's place into a row's path."""
    path = {"filePath": row.arguments["filePath"].format(place)} if "filePath" in row.arguments else {}
    return Call(row.tool, {**row.arguments, **path})


def _outputs(session: Session, role: str) -> list[str]:
    """Return what each try of a role gave."""
    for exchange in session.model.log.exchanges:
        messages = exchange.conversation.messages
        if f"try as {role}" in messages[0].text and messages[-1].role == "tool":
            return [message.text for message in messages if message.role == "tool"]
    raise AssertionError(f"{role} never came back")


@pytest.mark.host(OPENCODE)
def test_opencode_holds_the_rules(open_host: Open, project: Project) -> None:
    """Every row that must not go through is refused by opencode itself, and every other goes through."""
    project.write({".env": SECRET, "deep/.env.local": SECRET})
    project.write({"../other/.batchpack/b73e/explorer.md": "yes", "../other/notes.md": SECRET})
    session = open_host(OPENCODE, _trial(str(project.folder)))
    session.install("project")
    before = project.git("rev-parse", "HEAD")
    session.execute(["opencode", "run", "begin"]).assert_ok()
    for role in sorted({row.role for row in ROWS}):
        rows = [row for row in ROWS if row.role == role]
        outputs = _outputs(session, role)
        assert len(rows) == len(outputs)
        for row, output in zip(rows, outputs, strict=True):
            refused = any(word in output for word in DENIED)
            assert row.allowed is not refused, f"{row}: {output[:300]}"
            assert SECRET not in output, str(row)
    assert [] == [path for path in project.folder.rglob("*got*") if "node_modules" not in path.parts]
    assert before == project.git("rev-parse", "HEAD")
    assert SECRET == (project.folder / ".env").read_text()
    assert (project.folder / "made/it").exists()
    assert (project.folder / "src/environment.ts").exists()


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (CLAUDE, OLD_CLAUDE)])
def test_claude_code_gives_readers_no_editing_tool(kind: str, open_host: Open) -> None:
    """An agent that only looks is sent neither Edit nor Write nor Agent; one that builds has the first two."""

    def answer(conversation: Conversation) -> Answer:
        """Start both agents at once; each ends at once."""
        if "Agent" not in conversation.tools or conversation.messages[-1].role == "tool":
            return Answer("done")
        start = [
            {"subagent_type": f"batchpack:{one}", "prompt": f"try as {one}", "description": "x"}
            for one in ("explorer", "backend-go")
        ]
        return Answer(calls=tuple(Call("Agent", {**one, "run_in_background": False}) for one in start))

    session = open_host(kind, answer)
    session.install("user")
    session.execute(["claude", "-p", "begin"]).assert_ok()
    tools = {
        role: set(conversation.tools)
        for role in ("explorer", "backend-go")
        for conversation in session.model.log.arrived
        if any(f"try as {role}" in message.text for message in conversation.messages[:2])
        and "Agent" not in conversation.tools
    }
    assert {"Read", "Bash"} <= tools["explorer"]
    assert not {"Edit", "Write"} & tools["explorer"]
    assert {"Read", "Bash", "Edit", "Write"} <= tools["backend-go"]
