"""The guard's two files: the policy that agents are held to, and the plugin that unlocks them and asks the guard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.host import MARK, below
from batchpack.policy import make_policy
from batchpack.values import File, Target

if TYPE_CHECKING:
    from batchpack.content import Permissions

PLUGIN = "batchpack-guard.js"
START = "const GUARD = "
POLICY = ("batchpack", "policy.json")
"""Below the config folder, where opencode loads nothing of that kind."""

ACTS: Mapping[str, Mapping[str, object]] = {
    "bash": {"act": "bash", "command": "command", "folder": "workdir", "plain": ["description", "timeout"]},
    "edit": {"act": "edit", "paths": ["filePath"]},
    "write": {"act": "edit", "paths": ["filePath"]},
    "multiedit": {"act": "edit", "paths": ["filePath"]},
    "apply_patch": {"act": "patch", "text": "patchText"},
    "read": {"act": "read", "paths": ["filePath"]},
    "glob": {"act": "read", "paths": ["path"], "globs": ["pattern"]},
    "grep": {"act": "read", "paths": ["path"], "globs": ["include"]},
    "list": {"act": "read", "paths": ["path"]},
    "task": {"act": "task", "agent": "subagent_type"},
    "webfetch": {"act": "web"},
    "websearch": {"act": "web"},
    "todowrite": {"act": "free"},
    "todoread": {"act": "free"},
    "invalid": {"act": "free"},
}
"""What opencode's own tools do; every other tool counts as one of a foreign server."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What one agent is held to: the neutral block, and the rules that its plugin gives back in place of the lock."""

    block: Permissions
    rules: Mapping[str, Any]


def guard_files(target: Target, agents: Mapping[str, Guarded], *, router: File | None) -> list[File]:
    """Say the policy and the plugin, which knows the policy by its fingerprint."""
    blocks = {name: one.block for name, one in agents.items()}
    rules = {name: dict(agents[name].rules) for name in sorted(agents)}
    script = None if router is None else ((target.base / router.path).as_posix(), router.text)
    policy = make_policy(target, blocks, ACTS, router=script, more={"rules": rules})
    facts = {"python": target.python, "sha256": policy.sha256, "mark": MARK, "agents": list(policy.agents)}
    return [
        File(below(target, *POLICY), policy.text, sealed=True),
        File(below(target, "plugins", PLUGIN), _plugin_text(facts), sealed=True),
    ]


def facts_of(plugin: Path) -> dict[str, Any] | None:
    """Read back what a rendered plugin knows; None when it is missing or is not as it was written."""
    try:
        text = read_text(plugin)
        facts = json.JSONDecoder().raw_decode(text.partition(START)[2])[0]
        return dict(facts) if text == _plugin_text(facts) else None
    except (OSError, BatchpackError, ValueError, TypeError):
        return None


def guard_argv(facts: Mapping[str, Any], policy: Path) -> list[str]:
    """Return the command that the plugin runs for a tool call."""
    words = ["--policy", str(policy), "--sha256", str(facts["sha256"]), "--agents", ",".join(facts["agents"])]
    return [str(facts["python"]), "-I", "-m", "batchpack.guard", *words]


def _plugin_text(facts: Mapping[str, Any]) -> str:
    """Render the plugin."""
    from batchpack.render import render

    template = Path(__file__).with_name("guard.js.j2")
    return render(read_text(template), {"facts": json.dumps(facts, indent=2)}, path=template)
