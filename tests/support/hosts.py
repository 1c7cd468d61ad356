"""Real host programs in a project of their own, with the scripted model as their only provider."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.anthropic_model import Anthropic
from tests.support.model import Model, Script, Wire, serving
from tests.support.openai_model import OpenAI
from tests.support.project import ROOT, Outcome, Project

PROGRAMS = ROOT / "tests" / "hosts" / "programs" / "node_modules"
OPENCODE = "opencode"
CLAUDE, OLD_CLAUDE = "claude", "claude-2.1.197"
INSPECTOR = "mcp-inspector"
CCUSAGE = "ccusage"
HOST_OF = {OPENCODE: "opencode", CLAUDE: "claude_code", OLD_CLAUDE: "claude_code"}
_WHERE = {
    OPENCODE: ("BATCHPACK_OPENCODE", ".bin/opencode", "opencode"),
    CLAUDE: ("BATCHPACK_CLAUDE", ".bin/claude", "claude"),
    CCUSAGE: ("BATCHPACK_CCUSAGE", ".bin/ccusage", "ccusage"),
    INSPECTOR: ("BATCHPACK_INSPECTOR", ".bin/mcp-inspector", "mcp-inspector"),
    OLD_CLAUDE: ("BATCHPACK_OLD_CLAUDE", "claude-code-2.1.197/bin/claude.exe", ""),
}


def find(program: str) -> Path:
    """Return a host program, or skip the test with the reason; where hosts are required, fail instead."""
    variable, place, word = _WHERE[program]
    candidates = [os.environ.get(variable), PROGRAMS / place, word and shutil.which(word)]
    found = next((Path(one) for one in candidates if one and Path(one).exists()), None)
    if found is not None:
        return found
    reason = f"{program} is missing: npm install --prefix tests/hosts/programs, or set {variable}"
    if os.environ.get("BATCHPACK_REQUIRE_HOSTS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Session:
    """A host, opened in a project or another folder, its model, and whether PATH leads to batchpack."""

    project: Project
    program: Path
    kind: str
    model: Model
    on_path: bool = True
    folder: Path | None = None

    @property
    def host(self) -> str:
        """Return the host's name in the pack."""
        return HOST_OF[self.kind]

    def install(self, scope: str, *, check: bool = False) -> Outcome:
        """Install the pack with its own installer; asking the host afterwards costs seconds, so few tests do."""
        words = ["--host", self.host, "--scope", scope, "--yes", *([] if check else ["--no-check"])]
        return self.project.run("install", *words, env=self.environment()).assert_ok()

    def environment(self) -> dict[str, str]:
        """Return what the program needs in its environment: our programs and it on PATH, no way out of this machine."""
        folders = self.project.environment()["PATH"].split(":")
        kept = [folder for folder in folders if self.on_path or not Path(folder, "batchpack").exists()]
        path = ":".join([str(self._links()), *kept])
        own = _claude(self.model) if self.host == "claude_code" else _OPENCODE
        return {"PATH": path, "PWD": str(self.folder or self.project.folder), **own}

    def _links(self) -> Path:
        """Make a folder in which the program has its usual name."""
        folder = self.project.home / "programs"
        folder.mkdir(exist_ok=True)
        link = folder / ("claude" if self.host == "claude_code" else "opencode")
        if not link.exists():
            link.symlink_to(self.program.resolve())
        return folder

    def argv(self, request: str) -> list[str]:
        """Return the command line for `/batch-run request`; edits are allowed as a user would."""
        if self.host == "opencode":
            return ["opencode", "run", "--command", "batch-run", request]
        return ["claude", "-p", f"/batch-run {request}", "--permission-mode", "acceptEdits"]

    def run(self, request: str, timeout: float = 120) -> Outcome:
        """Run `/batch-run` headless to its end."""
        return self.execute(self.argv(request), timeout)

    def execute(self, argv: list[str], timeout: float = 120) -> Outcome:
        """Run the program to its end with any arguments."""
        program = str(self.project.home / "programs" / argv[0])
        environment = self.environment()
        return self.project.execute([program, *argv[1:]], env=environment, timeout=timeout, cwd=self.folder)

    @contextmanager
    def started(self, request: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start `/batch-run` in a process group of its own; what is left of the group is killed at the end."""
        environment = self.project.environment(self.environment())
        program = str(self.project.home / "programs" / self.argv(request)[0])
        child = subprocess.Popen(
            [program, *self.argv(request)[1:]], cwd=self.project.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


_OPENCODE: Mapping[str, str] = {
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
}


def _claude(model: Model) -> dict[str, str]:
    """Return how Claude Code is pointed at a server."""
    off = ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_AUTOUPDATER", "DISABLE_TELEMETRY")
    return {
        "ANTHROPIC_BASE_URL": model.url,
        "ANTHROPIC_API_KEY": "none",
        **dict.fromkeys((*off, "DISABLE_ERROR_REPORTING"), "1"),
    }


@contextmanager
def session(kind: str, project: Project, script: Script, wire: Wire | None = None) -> Iterator[Session]:
    """Serve the script and make a host ready to use it in the project; `wire` is the host's usual one by default."""
    program = find(kind)
    usual = OpenAI() if HOST_OF[kind] == "opencode" else Anthropic()
    with serving(wire or usual, script) as model:
        one = Session(project, program, kind, model)
        one.environment()
        if one.host == "opencode":
            _configure_opencode(project, model)
        yield one
        assert [] == model.log.faults, "\n".join(model.log.faults)


def _configure_opencode(project: Project, model: Model) -> None:
    """Give the user a settings file whose only provider is the server."""
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{model.url}/v1", "apiKey": "none"},
        "models": {"scripted": {"limit": {"context": 200_000, "output": 8_000}}},
    }
    settings = project.home / ".config/opencode/opencode.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"model": "local/scripted", "provider": {"local": provider}}))
    for folder in (settings.parent, project.folder / ".opencode"):
        _seed(folder)


def _seed(folder: Path) -> None:
    """Keep opencode from fetching its own package into a config folder: no test needs it, nor a network."""
    (folder / "node_modules").mkdir(parents=True, exist_ok=True)
    lock = {"packages": {"": {"dependencies": {"@opencode-ai/plugin": "*"}}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
