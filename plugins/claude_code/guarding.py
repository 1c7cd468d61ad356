"""The guard as Claude Code runs it: the tools as acts, the policy, and the hooks that call it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchpack.files import fingerprint
from batchpack.policy import Policy, make_policy
from batchpack.values import Edit, File, Target

if TYPE_CHECKING:
    from batchpack.content import Permissions

ACTS: Mapping[str, Mapping[str, object]] = {
    "Agent": {"act": "task", "agent": "subagent_type"},
    "Task": {"act": "task", "agent": "subagent_type"},
    "Bash": {"act": "bash", "command": "command", "plain": ["description", "timeout", "run_in_background"]},
    "BashOutput": {"act": "free"},
    "Edit": {"act": "edit", "paths": ["file_path"]},
    "Glob": {"act": "read", "paths": ["path"], "globs": ["pattern"]},
    "Grep": {"act": "read", "paths": ["path"], "globs": ["glob"]},
    "KillShell": {"act": "free"},
    "MultiEdit": {"act": "edit", "paths": ["file_path"]},
    "NotebookEdit": {"act": "edit", "paths": ["notebook_path"]},
    "Read": {"act": "read", "paths": ["file_path"]},
    "TodoWrite": {"act": "free"},
    "WebFetch": {"act": "web"},
    "WebSearch": {"act": "web"},
    "Write": {"act": "edit", "paths": ["file_path"]},
}
"""What each tool does, and in which parameters; one that is missing here counts as a tool of somebody's server."""

PLUGIN = "batchpack"
MODULE = "batchpack.guard"
MARKED_CALL = '"agent_type"'
SECONDS = 600
"""A hook that takes longer lets the call through, so the guard's own alarm must come first."""
MEND = "run `batchpack install --host claude_code` again"
DEAD = f"batchpack: its guard does not run, so its agents are refused everything; {MEND}"
LOOKING_SECONDS = 30
REASON = (
    "so that every tool call of batchpack's agents in this project is judged by its guard before it runs, and their own"
    " commands need no question; calls of your own session pass through untouched"
)


def guard_policy(target: Target, agents: Mapping[str, Permissions], router: File | None) -> Policy:
    """Write the policy for agents under the names that Claude Code reports."""
    at = (str(target.base / router.path), router.text) if router else None
    return make_policy(target, agents, ACTS, router=at)


def hooks_with(target: Target, policy: str, sha256: str, agents: Sequence[str]) -> dict[str, Any]:
    """Return the hooks for a policy whose path stands as a shell word.

    The shell lets calls of the user's own session and agents go at once: without `agent_type` and one of these names
    there is nothing to judge. Whatever else goes wrong, from a missing interpreter to a crash, ends in exit code 2,
    which blocks the call.
    """
    words = ["-I", "-m", MODULE, "--policy", policy, "--sha256", sha256, "--agents", shlex.quote(",".join(agents))]
    guard = " ".join([shlex.quote(target.python), *words])
    named, whole = "|".join(f"*'\"{name}\"'*" for name in agents), "'{'*'}') exit 0 ;;"
    judge = (
        "in=$(command -p cat || cat); "
        f"case $in in *'{MARKED_CALL}'*) case $in in {named}) ;; {whole} esac ;; {whole} esac; "
        f"printf '%s\\n' \"$in\" | {guard}; "
        f"case $? in 0) ;; 2) exit 2 ;; *) printf '%s\\n' {shlex.quote(DEAD)} >&2; exit 2 ;; esac"
    )
    look = f"{guard} --check || printf '%s\\n' {shlex.quote(json.dumps({'systemMessage': DEAD}))}"
    return {
        "PreToolUse": [{"matcher": "*", "hooks": [_command(judge, SECONDS)]}],
        "SessionStart": [{"hooks": [_command(look, LOOKING_SECONDS)]}],
    }


def _command(command: str, seconds: int) -> dict[str, object]:
    """Return a hook that the host runs with `/bin/sh -c`."""
    return {"type": "command", "command": command, "timeout": seconds}


def policy_path(target: Target) -> Path:
    """Return where the policy lies: beside the plugin's hooks, or in the project's folder of the host."""
    folder = target.folder / "skills" / PLUGIN / "hooks" if target.scope == "user" else target.folder / "batchpack"
    return folder / "policy.json"


def hooks_path(target: Target) -> Path:
    """Return the file that holds the hooks: the plugin's own, or the project's settings."""
    return policy_path(target).with_name("hooks.json") if target.scope == "user" else target.folder / "settings.json"


def hooks_for(target: Target, sha256: str, agents: Sequence[str]) -> dict[str, Any]:
    """Return the hooks of a scope.

    In a project the path is absolute: a session may be started in a subfolder or a linked work tree, where Claude Code
    loads the project's agents with their own hooks, and takes that place for the project's folder.
    """
    user = target.scope == "user"
    word = '"${CLAUDE_PLUGIN_ROOT}/hooks/policy.json"' if user else shlex.quote(str(policy_path(target)))
    return hooks_with(target, word, sha256, agents)


def guard_files(target: Target, policy: Policy) -> list[File]:
    """Say the policy; where all agents are the user's own there is none."""
    return [File(_relative(target, policy_path(target)), policy.text, sealed=True)] if policy.agents else []


def guard_edits(target: Target, policy: Policy) -> list[Edit]:
    """Say the hooks in a project's settings, where a plugin folder would need trust."""
    if target.scope == "user" or not policy.agents:
        return []
    path = _relative(target, hooks_path(target))
    wanted = hooks_for(target, policy.sha256, policy.agents)
    return [
        Edit(path, "json", ("hooks", event), group, REASON, "append")
        for event, groups in wanted.items()
        for group in groups
    ]


def _relative(target: Target, path: Path) -> str:
    """Return a path as Files have it."""
    return path.relative_to(target.base).as_posix()


def guard_hooks(groups: object) -> list[dict[str, Any]]:
    """Return those groups of hooks that call the guard."""
    members: Iterable[Any] = groups if isinstance(groups, list) else ()
    return [group for group in members if isinstance(group, dict) and f"-m {MODULE} " in json.dumps(group)]


def fitting_hooks(target: Target, policy: bytes) -> dict[str, Any]:
    """Return the hooks that fit a policy as it lies there; raises LookupError or TypeError for one that is none."""
    try:
        agents = tuple(sorted(json.loads(policy)["agents"]))
    except ValueError as error:
        raise LookupError("the policy is no JSON") from error
    return hooks_for(target, fingerprint(policy), agents)
