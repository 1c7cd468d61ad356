"""The attack table in the real programs: what restricted agents try has no effect, and their work goes through."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.hosts.conftest import Open
from tests.support import attack_ground, attacks
from tests.support.hosts import CLAUDE, HOST_OF, OLD_CLAUDE, OPENCODE, Session
from tests.support.project import Project

SERVER = [sys.executable, str(Path(attacks.__file__).with_name("foreign_server.py"))]
DIALECTS = {"opencode": attacks.OPENCODE, "claude_code": attacks.CLAUDE}
CASES = [
    pytest.param(OPENCODE, "project", marks=pytest.mark.host(OPENCODE)),
    pytest.param(OPENCODE, "user", marks=[pytest.mark.host(OPENCODE), pytest.mark.thorough]),
    pytest.param(CLAUDE, "user", marks=pytest.mark.host(CLAUDE)),
    pytest.param(OLD_CLAUDE, "project", marks=pytest.mark.host(OLD_CLAUDE)),
]


@contextmanager
def web() -> Iterator[tuple[str, list[str]]]:
    """Serve one page at every address on loopback, and keep the paths that were asked for."""
    visited: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Answers and remembers."""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

        def do_GET(self) -> None:
            """Send the page."""
            visited.append(self.path)
            body = b"a page of plain words\n"
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", visited
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _folder(session: Session) -> str:
    """Return the host's folder in a project."""
    return ".claude" if session.host == "claude_code" else ".opencode"


def _script(session: Session) -> str:
    """Return where router.sh lies in a project."""
    return f"{_folder(session)}/{'skills' if session.host == 'claude_code' else 'skill'}/task-management/router.sh"


def words(session: Session, scope: str, address: str) -> dict[str, str]:
    """Return what stands for a row's words in this host and scope."""
    project, claude = session.project, session.host == "claude_code"
    folder, script = _folder(session), _script(session)
    user = ".claude/skills/batchpack" if claude else ".config/opencode"
    base = project.folder / folder if scope == "project" else project.home / user
    (router,) = base.rglob("router.sh")
    (policy,) = base.rglob("*policy*.json")
    return {
        "project": str(project.folder),
        "home": str(project.home),
        "outside": str(project.folder.parent / "outside"),
        "config": folder,
        "script": script,
        "look_alike": script.replace(folder, "." + chr(0x43E) + folder[2:]),
        "router": f"bash {script}" if scope == "project" else f"bash {router}",
        "router_file": str(router),
        "agents": str(base / "agents"),
        "policy": str(policy),
        "settings": ".claude/settings.json" if claude else ".opencode/opencode.json",
        "foreign_agent": "general-purpose" if claude else "general",
        "web": address,
    }


def _open_everything(session: Session) -> list[str]:
    """Let the user's own session do all: what holds the agents then is the pack alone; return the way to start it."""
    if session.host == "claude_code":
        servers = {"mcpServers": {"foreign": {"command": SERVER[0], "args": SERVER[1:]}}}
        session.project.write({"../servers.json": json.dumps(servers)})
        allowed = "Bash,Write,Edit,Read,Agent,WebFetch,mcp__foreign__touch"
        given = ["--mcp-config", "../servers.json", "--allowedTools", allowed, "--permission-mode", "acceptEdits"]
        return ["claude", "-p", "begin", *given]
    settings = session.project.home / ".config/opencode/opencode.json"
    facts = {"$schema": "https://opencode.ai/config.json", **json.loads(settings.read_text())}  # it would be added
    facts["mcp"] = {"foreign": {"type": "local", "command": SERVER, "enabled": True}}
    settings.write_text(json.dumps(facts))
    return ["opencode", "run", "begin"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "scope"), CASES)
def test_the_attack_table(kind: str, scope: str, open_host: Open, project: Project) -> None:
    """No attack has any effect, each is refused for a reason that is told, and all legitimate work goes through."""
    table = attacks.rows(HOST_OF[kind])
    prefix = "batchpack:" if (HOST_OF[kind], scope) == ("claude_code", "user") else ""
    names = {name: f"{prefix}{name}" for name in {"explorer", "ContextScout", *(row.agent for row in table)}}
    ground: dict[str, str] = {}
    script = attacks.Attackers(table, DIALECTS[HOST_OF[kind]], ground, names)
    session = open_host(kind, script)
    attack_ground.lay(project, _script(session), _folder(session))
    argv = _open_everything(session)
    session.install(scope)
    with web() as (address, visited):
        ground |= words(session, scope, address)
        before = attack_ground.look(project)
        session.execute(argv, timeout=500).assert_ok()
    arrived = session.model.log.arrived
    assert [] == attack_ground.effects(project, script, arrived, visited)
    assert [] == attack_ground.changed(project, before)
    assert [] == attack_ground.failures(project, script, arrived)
    assert [] == attack_ground.unexplained(script, arrived)
