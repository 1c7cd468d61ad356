"""Permissions as opencode's rules, in the forms that were seen to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchpack.protected import (
    GIT_WRITES,
    HAND_IN,
    PROTECTED_FILES,
    PROTECTED_FOLDERS,
    READ_ONLY_COMMANDS,
    SECRET_FILES,
    TURNED_COMMANDS,
)

if TYPE_CHECKING:
    from batchpack.content import Permissions


ROLELESS = ("explore", "general")
"""opencode's own subagents, which no plan names: to list them costs context."""


def permission(permissions: Permissions, program: str) -> dict[str, Any]:
    """Write permissions as opencode's rules: the last that matches holds, so the general ones come first."""
    read = {"*": permissions.read, **dict.fromkeys(SECRET_FILES, "deny"), "*.env.example": permissions.read}
    looking = dict.fromkeys(("glob", "grep", "list", "todowrite"), permissions.read)
    web = dict.fromkeys(("webfetch", "websearch"), permissions.web)
    return {
        "*": permissions.mcp,
        "read": read,
        **looking,
        "edit": _edit(permissions.edit),
        "bash": _bash(permissions.bash, program),
        "task": permissions.task,
        "skill": "deny",
        **web,
        # from a linked work tree, the prompts and reports of a run lie in the main one
        "external_directory": {"*": "deny", "*/.batchpack/*": "allow"},
    }


def orchestration(program: str) -> dict[str, Any]:
    """Write the rules of the agent that runs a batch: the pack's commands, agents with a role, and the synthesis."""
    commands = {f"{name} *": "allow" for name in ("batchpack", program)}
    return {
        "*": "deny",
        "bash": {"*": "deny", **commands, "cat *SYNTHESIS.md": "allow"},
        "task": {"*": "allow", **dict.fromkeys(ROLELESS, "deny")},
    }


def _edit(rule: str | Mapping[str, str]) -> str | dict[str, str]:
    """Write the edit rules; paths count from the root of the work tree, or of the disk outside of git."""
    if rule != "project":
        return rule if isinstance(rule, str) else dict(rule)
    folders = [pattern for folder in PROTECTED_FOLDERS for pattern in (f"{folder}/*", f"*/{folder}/*")]
    denied = dict.fromkeys((*SECRET_FILES, *PROTECTED_FILES, *folders), "deny")
    return {"*": "allow", **denied, "*.env.example": "allow"}


def _bash(rule: str | Mapping[str, str], program: str) -> str | dict[str, str]:
    """Write the bash rules; every restricted agent may hand in its result, whatever stands in the report."""
    programs = dict.fromkeys(("batchpack", program))
    hand_in = {f"{name} {HAND_IN} *": "allow" for name in programs}
    if rule == "read-only":
        looking = dict.fromkeys((f"{command} *" for command in READ_ONLY_COMMANDS), "allow")
        return {"*": "deny", **looking, **dict.fromkeys(TURNED_COMMANDS, "deny"), **hand_in}
    if rule == "project":
        writes = dict.fromkeys((f"git {verb} *" for verb in GIT_WRITES), "deny")
        own = dict.fromkeys((f"{name} *" for name in programs), "deny")
        return {"*": "allow", **writes, **own, **hand_in}
    return rule if isinstance(rule, str) else dict(rule)
