"""Permissions as opencode's rules, in the forms that were seen to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from batchpack.protected import (
    GIT_WRITES,
    HAND_IN,
    PROTECTED_FILES,
    PROTECTED_FOLDERS,
    READ_ONLY_COMMANDS,
    SECRET_FILES,
    TURNED_COMMANDS,
    WORKTREE_GIT,
)

if TYPE_CHECKING:
    from batchpack.content import Permissions

TASK_CLI = "task-cli"
PROGRAM = "batchpack"
WORKTREES = "*.worktrees"
"""Where worktrees of tasks are made, beside the project; which of them are batchpack's is the guard's to judge."""
FOREIGN = ("explore", "general")
"""opencode's own subagents, which no plan names: to list them costs context."""


def permission(permissions: Permissions, program: str, *routers: str) -> dict[str, Any]:
    """Write permissions as opencode's rules: the last that matches holds, so the general ones come first.

    `routers` are the commands that run router.sh: task-cli in the neutral block.
    """
    read = {"*": permissions.read, **dict.fromkeys(SECRET_FILES, "deny"), "*.env.example": permissions.read}
    looking = dict.fromkeys(("glob", "grep", "list", "todowrite"), permissions.read)
    web = dict.fromkeys(("webfetch", "websearch"), permissions.web)
    return {
        **_tools(permissions.mcp),
        "read": permissions.read if permissions.read == "deny" else read,
        **looking,
        "edit": edits(permissions.edit),
        "bash": _bash(permissions.bash, program, routers),
        "task": permissions.task if isinstance(permissions.task, str) else _closed(permissions.task),
        "skill": "deny",
        **web,
        "external_directory": _outside(permissions),
    }


def _outside(permissions: Permissions) -> dict[str, str]:
    """Write what may be reached outside of the work tree that the session was opened in."""
    # from a linked work tree, the prompts and reports of a run and the subtasks of a feature lie in the main one
    open_ones = ["*/.batchpack/*", "*/.tmp/tasks/*"]
    if "worktree" in (permissions.edit, permissions.bash):
        open_ones.append(f"{WORKTREES}/*")
    return {"*": "deny", **dict.fromkeys(open_ones, "allow")}


def orchestration(permissions: Permissions, program: str, *routers: str) -> dict[str, Any]:
    """Write the rules of the agent that runs a batch: commands and agents, and no key that is denied as a whole."""
    rules = permission(permissions, program, *routers)
    return {key: rules[key] for key in ("*", "bash", "task")}


def locked(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Put a general denial behind rules: the agent has no tools until the plugin that guards it gives them back."""
    return {**{key: rule for key, rule in rules.items() if key != "*"}, "*": "deny"}


def _closed(rules: Mapping[str, str]) -> dict[str, str]:
    """Deny what no pattern names; what stands before a pattern for all has no effect and is left out."""
    written = {"*": "deny"}
    for pattern, action in rules.items():
        written = {"*": action} if pattern == "*" else {**written, pattern: action}
    return written


def _tools(rule: str | Mapping[str, str]) -> dict[str, str]:
    """Write the rules for tools of others: in opencode they are named beside its own, and `*` is all tools."""
    return {"*": rule} if isinstance(rule, str) else _closed(rule)


def edits(rule: str | Mapping[str, str]) -> str | dict[str, str]:
    """Write the edit rules; paths count from the root of the work tree, or of the disk outside of git."""
    if not isinstance(rule, str):
        return _paths(_closed(rule))
    if rule not in {"project", "worktree"}:
        return rule
    first = {"*": "allow"} if rule == "project" else {"*": "deny", f"../{WORKTREES}/*": "allow"}
    folders = [pattern for folder in PROTECTED_FOLDERS for pattern in (f"{folder}/*", f"*/{folder}/*")]
    denied = dict.fromkeys((*SECRET_FILES, *PROTECTED_FILES, *folders), "deny")
    example = "*.env.example" if rule == "project" else f"../{WORKTREES}/*.env.example"
    return {**first, **denied, example: "allow"}


def _paths(rules: Mapping[str, str]) -> dict[str, str]:
    """Write patterns of paths so that they hold at the root and below; `**` means nothing to opencode."""
    written: dict[str, str] = {}
    for pattern, action in rules.items():
        plain = pattern.removeprefix("**/").replace("**", "*")
        for form in (plain, plain if plain.startswith("*") else f"*/{plain}"):
            written.pop(form, None)
            written[form] = action
    return written


def _bash(rule: str | Mapping[str, str], program: str, routers: Sequence[str]) -> str | dict[str, str]:
    """Write the bash rules; a role may hand in its result, whatever stands in the report."""
    programs = dict.fromkeys((PROGRAM, program))
    hand_in = {f"{name} {HAND_IN} *": "allow" for name in programs}
    if rule == "read-only":
        looking = dict.fromkeys((f"{command} *" for command in READ_ONLY_COMMANDS), "allow")
        return {"*": "deny", **looking, **dict.fromkeys(TURNED_COMMANDS, "deny"), **hand_in}
    if isinstance(rule, str) and rule in {"project", "worktree"}:
        verbs = [verb for verb in GIT_WRITES if rule == "project" or verb not in WORKTREE_GIT]
        writes = dict.fromkeys((f"git {verb} *" for verb in verbs), "deny")
        own = dict.fromkeys((f"{name} *" for name in programs), "deny")
        return {"*": "allow", **writes, **own, **(hand_in if rule == "project" else {})}
    return rule if isinstance(rule, str) else _commands(_closed(rule), program, routers)


def _commands(rules: Mapping[str, str], program: str, routers: Sequence[str]) -> dict[str, str]:
    """Write patterns of commands: the pack's program by its word and its path, task-cli by its script."""
    written: dict[str, str] = {}
    for pattern, action in rules.items():
        first, space, rest = pattern.partition(" ")
        starts = {PROGRAM: (PROGRAM, program), TASK_CLI: routers}.get(first, (first,))
        for start in starts:
            written.pop(f"{start}{space}{rest}", None)
            written[f"{start}{space}{rest}"] = action
    return written
