"""The ground of the guard's tests: a project, the pack's files, a policy with agents of every kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batchpack.content import Permissions
from batchpack.guard import policy as policies
from batchpack.guard.acts import judge
from batchpack.guard.refusal import Refused
from batchpack.policy import Policy, make_policy
from batchpack.values import Target
from tests.support.pack import pack
from tests.support.project import Outcome, Project

if TYPE_CHECKING:
    from tests.guard.trees import Trees

ROUTER = ".opencode/skill/task-management/router.sh"
SCRIPT = "#!/usr/bin/env bash\necho tasks\n"
TOOLS: dict[str, dict[str, Any]] = {
    "bash": {"act": "bash", "command": "command", "folder": "workdir", "plain": ["description", "timeout"]},
    "edit": {"act": "edit", "paths": ["filePath"]},
    "apply_patch": {"act": "patch", "text": "patchText"},
    "read": {"act": "read", "paths": ["filePath"]},
    "grep": {"act": "read", "paths": ["path"], "globs": ["include"]},
    "task": {"act": "task", "agent": "subagent_type", "plain": ["description", "prompt"]},
    "webfetch": {"act": "web"},
    "todowrite": {"act": "free"},
    "broken": {"act": "none that is known"},
}
KEYS = {
    "bash": "command",
    "edit": "filePath",
    "apply_patch": "patchText",
    "read": "filePath",
    "grep": "include",
    "task": "subagent_type",
}
BLOCKS: dict[str, dict[str, Any]] = {
    "runner": {
        "bash": {
            "task-cli status *": "allow",
            "task-cli complete *": "allow",
            "task-cli report *": "allow",
            "cat *SYNTHESIS.md": "allow",
            "make check": "ask",
        },
        "task": {"CoderAgent": "allow", "Context*": "allow", "ContextEvil": "deny"},
        "mcp": {"docs_*": "allow", "docs_write": "deny", "issues_find": "ask"},
    },
    "orchestrator": {"bash": {"batchpack *": "allow", "batchpack metrics *": "deny"}, "task": "allow", "read": "deny"},
    "reader": {"bash": "read-only", "web": "allow"},
    "builder": {"edit": "project", "bash": "project"},
    "writer": {
        "edit": {"*": "deny", ".tmp/notes/*": "allow", "docs/**": "allow", "docs/asked/*": "ask"},
        "read": "ask",
    },
    "free": {"edit": "allow", "bash": "allow", "web": "ask", "mcp": "allow", "task": "allow"},
    "locked": {"read": "deny"},
    **{
        name: next(one for one in pack().agents if one.matter.name == agent).matter.permissions.model_dump()
        for name, agent in (("worker", "batch-worker"), ("implementer", "task-implementer"))
    },
}


@dataclass(frozen=True)
class Ground:
    """A project with the pack's files, and the policy that the guard judges by."""

    project: Project
    made: Policy
    programs: Path

    def policy(self) -> dict[str, Any]:
        """Read the policy as the guard does."""
        return policies.load(str(self.project.folder.parent / "policy.json"), self.made.sha256)

    def judge(self, agent: str, tool: str, given: object, cwd: Path | None = None) -> str:
        """Judge a call in this process: `ok`, `allow`, `ask`, or `no: ` and the line of the refusal."""
        policy = self.policy()
        call = {"tool_name": tool, "tool_input": given, "cwd": str(cwd or self.project.folder)}
        try:
            return judge(call, policy["agents"][agent], policy) or "ok"
        except Refused as refused:
            return f"no: {refused.line()}"

    def argv(self, *more: str) -> list[str]:
        """Return the guard's command line as hosts have it."""
        policy, agents = str(self.project.folder.parent / "policy.json"), ",".join(self.made.agents)
        asked = ["--policy", policy, "--sha256", self.made.sha256, "--agents", agents]
        return [sys.executable, "-I", "-m", "batchpack.guard", *asked, *more]

    def run(self, data: bytes | Mapping[str, Any], *more: str, argv: list[str] | None = None) -> Outcome:
        """Run the guard as a process of its own on one call."""
        stdin = data if isinstance(data, bytes) else json.dumps(data).encode()
        words = argv or self.argv(*more)
        done = subprocess.run(words, input=stdin, cwd=self.project.folder, capture_output=True, check=False, timeout=60)
        return Outcome(tuple(words), done.returncode, done.stdout.decode(), done.stderr.decode())

    def call(self, agent: str | None, tool: str, given: object, **more: Any) -> dict[str, Any]:
        """Write a call as a host hands it over."""
        facts = {"tool_name": tool, "tool_input": given, "cwd": str(self.project.folder), **more}
        return {"session_id": "s", **({"agent_type": agent} if agent else {}), **facts}


def given(tool: str, argument: object, more: Mapping[str, object] | None = None) -> dict[str, object]:
    """Write a tool's parameters."""
    return {KEYS.get(tool, "argument"): argument, **(more or {})}


def _lay(project: Project) -> None:
    """Write the project's files and links, and what lies beside it."""
    files = {"src/plain.ts": "a\n", "docs/a.md": "a\n", "SYNTHESIS.md": "all\n", "Makefile": "check:\n"}
    secrets = {
        ".env": "P=1\n",
        ".env.example": "P=\n",
        "sub/.env.prod": "P=2\n",
        "top.key": "k\n",
        "process.txt": "x\n",
    }
    routers = {ROUTER: SCRIPT, f"sub/{ROUTER}": f"{SCRIPT}touch x\n", "copies/router.sh": SCRIPT}
    project.write({**files, **secrets, **routers, "bin/cat": "#!/bin/sh\n", "bin/batchpack": "#!/bin/sh\n"})
    for name in ("bin/cat", "bin/batchpack"):
        (project.folder / name).chmod(0o755)
    links = project.folder / "links"
    links.mkdir()
    outside = project.folder.parent / "outside"
    outside.mkdir()
    (outside / "notes.md").write_text("n\n")
    targets = {
        "env.txt": "../.env",
        "git.txt": "../.git/config",
        "outside": str(outside),
        "agents": "../.opencode/agents",
    }
    for name, target in {**targets, "router.sh": "../copies/router.sh", "plain.ts": "../src/plain.ts"}.items():
        (links / name).symlink_to(target)


@pytest.fixture(scope="session")
def _shared_ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Lay the ground once: the guard changes nothing on it."""
    base = tmp_path_factory.mktemp("ground")
    project = Project(base)
    _lay(project)
    project.init_git()
    return ground_of(project, base)


def ground_of(project: Project, base: Path) -> Ground:
    """Write the policy for a project beside it, and a program of the pack."""
    programs = base / "programs"
    programs.mkdir()
    (programs / "batchpack").write_text("#!/bin/sh\n")
    (programs / "batchpack").chmod(0o755)
    target = Target(
        "opencode", "project", project.folder, project.folder / ".opencode", "batchpack",
        "/opt/pack/bin/python", "/opt/pack/lib/batchpack",
    )  # fmt: skip
    blocks = {name: Permissions.model_validate(block) for name, block in BLOCKS.items()}
    made = make_policy(target, blocks, TOOLS, router=(str(project.folder / ROUTER), SCRIPT))
    (base / "policy.json").write_text(made.text)
    return Ground(project, made, programs)


@pytest.fixture
def ground(_shared_ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Return the ground, with the pack's program first on PATH."""
    monkeypatch.setenv("PATH", f"{_shared_ground.programs}{os.pathsep}{os.environ['PATH']}")
    return _shared_ground


@pytest.fixture(scope="session")
def _shared_trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """Lay worktrees once: the guard changes nothing on them."""
    from tests.guard.trees import laid

    return laid(tmp_path_factory.mktemp("trees"))


@pytest.fixture
def trees(_shared_trees: Trees, monkeypatch: pytest.MonkeyPatch) -> Trees:
    """Return a project with worktrees, with the pack's program first on PATH."""
    monkeypatch.setenv("PATH", f"{_shared_trees.ground.programs}{os.pathsep}{os.environ['PATH']}")
    return _shared_trees


@pytest.fixture
def fresh_trees(tmp_path: Path) -> Trees:
    """Return a project with worktrees that the test may break."""
    from tests.guard.trees import laid

    return laid(tmp_path)
