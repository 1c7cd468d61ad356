"""What a tool call does, and what the agent's block says of that."""

from __future__ import annotations

import os

from batchpack.guard.globs import matches, path_fits, seeks_secrets
from batchpack.guard.places import LONGEST, Place, checked
from batchpack.guard.refusal import Refused, shown

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module costs milliseconds of each call
    from typing import Any

PREFIX = "batchpack:"


def judge(call: dict[str, Any], block: dict[str, Any], policy: dict[str, Any]) -> str | None:
    """Return `allow` for a command of the pack, `ask`, or None for no objection; raises Refused."""
    name, given = call.get("tool_name"), call.get("tool_input")
    if not isinstance(name, str) or not name:
        raise Refused("the call names no tool", "call a tool by its name")
    if not isinstance(given, dict):
        raise Refused(f"the parameters of {shown(name)} are no object", "give them as an object")
    tool = policy["tools"].get(name, {"act": "mcp"})
    act = tool["act"]
    if "plain" in tool and act != "bash":
        _check_plain(tool, given)
    if act in ("web", "mcp"):
        return _named(block[act], name, name)
    if act == "task":
        return _task(given.get(tool.get("agent", "subagent_type")), block["task"])
    return None if act == "free" else _placed(act, tool, given, block, policy, Place(call.get("cwd"), policy["own"]))


def _placed(
    act: str, tool: dict[str, Any], given: dict[str, Any], block: dict[str, Any], policy: dict[str, Any], place: Place
) -> str | None:
    """Judge what depends on the folder that a call is made in."""
    if act == "bash":
        from batchpack.guard import bash

        return bash.judge(tool, given, block["bash"], policy, place)
    if act == "read":
        return _read(tool, given, block["read"], place)
    if act == "edit":
        return _edit(_paths(tool, given), block["edit"], place)
    if act == "patch":
        from batchpack.guard import patch

        return _edit(patch.paths(given.get(tool.get("text", "patchText"))), block["edit"], place)
    raise Refused(f"its policy has the unknown act {shown(act)}", "use another tool")


def _check_plain(tool: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse parameters that a tool's entry does not name."""
    known = {*tool["plain"], tool.get("agent"), *tool.get("paths", ()), *tool.get("globs", ())}
    for name, value in given.items():
        if name not in known and value:
            raise Refused(f"the parameter {shown(name)} is not allowed", "leave it out")


def _task(agent: object, rule: Any) -> str | None:
    """Judge the start of an agent."""
    if not isinstance(agent, str):
        return _named(rule if isinstance(rule, str) else "deny", "", "an agent without a name")
    return _named(rule, agent.removeprefix(PREFIX), agent)


def _named(rule: Any, name: str, what: str) -> str | None:
    """Judge a name by an action, or by patterns of which the last that fits holds."""
    if isinstance(rule, dict):
        fitting = [action for pattern, action in rule.items() if matches(pattern, name)]
        return _answer(fitting[-1] if fitting else "deny", what, f"it has {_known(rule)}")
    return _answer(rule, what, "do without it, and say in your report what is missing")


def _known(rule: dict[str, str]) -> str:
    """List the patterns that a rule lets through."""
    return ", ".join(pattern for pattern, action in rule.items() if action != "deny")[:600] or "none"


def _answer(action: str, what: str, instead: str) -> str | None:
    """Turn an action into the guard's answer."""
    if action == "deny":
        raise Refused(f"{shown(what)} is not for this agent", instead)
    return "ask" if action == "ask" else None


def _read(tool: dict[str, Any], given: dict[str, Any], rule: str, place: Place) -> str | None:
    """Judge reading: secrets are closed to all."""
    for key in tool.get("paths", ()):
        if key in given and place.secret(_text(given[key])):
            raise Refused(f"{shown(given[key])} is a secret", "leave it alone; that it is there is finding enough")
    for key in tool.get("globs", ()):
        if key in given and seeks_secrets(_text(given[key])):
            raise Refused(f"{shown(given[key])} seeks secrets", "look for other files")
    return _answer(rule, "reading", "work with what your message says")


def _text(value: object) -> str:
    """Return a path or pattern that is plain text; raises Refused for another value."""
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST:
        raise Refused("a path is missing or is no plain text", "name one file or folder")
    return value.strip().removeprefix("file://")


def _paths(tool: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Return the paths that a call edits: at least one."""
    found = [checked(given[key]) for key in tool.get("paths", ()) if key in given]
    if not found:
        raise Refused("the path is missing", "name one file")
    return found


def _edit(paths: list[str], rule: Any, place: Place) -> str | None:
    """Judge edits: what is protected stays so whatever the block says, then the block is asked."""
    if rule == "deny":
        raise Refused("this agent edits no files", "say in your report what should be changed")
    if rule == "worktree":
        from batchpack.guard import worktrees

        for path in paths:
            worktrees.place_of(checked(path), place).below(os.path.join(place.cwd, path))
        return None
    actions = {"allow"}
    for path in paths:
        for form in place.below(checked(path)):
            actions.add(_edit_action(rule, form))
            if "deny" in actions:
                raise Refused(f"{shown(path)} is not among this agent's files", f"it has {_known(rule)}")
    return "ask" if "ask" in actions else None


def _edit_action(rule: Any, form: str) -> str:
    """Return what a block says of a path below the project; `project` is what is left of it without the protected."""
    if not isinstance(rule, dict):
        return "allow" if rule == "project" else str(rule)
    return next((action for pattern, action in reversed(rule.items()) if path_fits(pattern, form)), "deny")
