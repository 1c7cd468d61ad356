"""The guard on one call of a restricted agent, a whole process, against `python -I -c pass` of the same interpreter."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from timing import Command, compare

from batchpack.content import Permissions
from batchpack.policy import make_policy
from batchpack.values import Target

ROUTER = ".opencode/skill/task-management/router.sh"
TOOLS = {"bash": {"act": "bash", "command": "command", "folder": "workdir", "plain": ["description"]}}
ROUNDS, AIM = 61, 2.5


def main() -> None:
    """Print a table for each kind of agent."""
    folder = Path(tempfile.mkdtemp(prefix="batchpack-bench-")).resolve()
    router = folder / ROUTER
    router.parent.mkdir(parents=True)
    router.write_text("#!/usr/bin/env bash\n")
    (folder / ".git").mkdir()
    place = (folder, folder / ".opencode")
    target = Target("opencode", "project", *place, "batchpack", "/opt/b/bin/python", "/opt/b/lib/b")
    agents = {
        "runner": Permissions(bash={"task-cli status *": "allow"}),
        "reader": Permissions(bash="read-only"),
        "builder": Permissions(bash="project"),
    }
    policy = make_policy(target, agents, TOOLS, router=(str(router), router.read_text()))
    (folder / "policy.json").write_text(policy.text)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    named = ["--agents", ",".join(agents)]
    options = ["--policy", str(folder / "policy.json"), "--sha256", policy.sha256, *named]
    commands = {
        "runner": f"bash {ROUTER} status demo",
        "reader": "git log --oneline -5",
        "builder": "go test ./... | tail",
    }
    for agent, command in commands.items():
        given = {"tool_name": "bash", "tool_input": {"command": command}, "cwd": str(folder)}
        call = folder / f"{agent}.json"
        call.write_text(json.dumps({"agent_type": agent, **given}))
        guard = f'exec "{sys.executable}" -I -m batchpack.guard "$@" < {call}'
        bare = f'exec "{sys.executable}" -I -c pass < {call}'
        compare(
            Command(f"guard: {command}", ["/bin/sh", "-c", guard, "sh", *options], lambda: folder, env),
            Command("python -I -c pass", ["/bin/sh", "-c", bare], lambda: folder, env),
            rounds=ROUNDS,
            aim=AIM,
        )


if __name__ == "__main__":
    main()
