"""What a tool call does, and what the agent's block says of that."""

from __future__ import annotations

from batchpack.guard import bash, patch
from batchpack.guard.globs import is_secret, matches, path_fits, seeks_secrets
from batchpack.guard.places import Place, checked
from batchpack.guard.refusal import Refused, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PREFIX = "batchpack:"
STRICTEST = ("deny", "ask", "allow")


def judge(call: dict[str, Any], block: dict[str, Any], policy: dict[str, Any]) -> str | None:
    """Return `allow` or `ask`, None for no objection; raises Refused."""
    name, given = call.get("tool_name"), call.get("tool_input")
    if not isinstance(name, str) or not name:
        raise Refused("the call names no tool", "call a tool by its name")
    if not isinstance(given, dict):
        raise Refused(f"the parameters of {shown(name)} are no object", "give them as an object")
    tool = policy["tools"].get(name, {"act": "mcp"})
    act = tool["act"]
    if act == "free":
        return None
    if act in ("web", "mcp"):
        return _named(block[act], name, name)
    if act == "task":
        return _task(given.get(tool.get("agent", "subagent_type")), block["task"])
    place = Place(call.get("cwd"), policy["own"])
    if act == "bash":
        return bash.judge(tool, given, block["bash"], policy, place)
    if act == "read":
        return _read(tool, given, block["read"], place)
    if act == "edit":
        return _edit(_paths(tool, given), block["edit"], place)
    if act == "patch":
        return _edit(patch.paths(given.get(tool.get("text", "patchText"))), block["edit"], place)
    raise Refused(f"its policy does not say what {shown(name)} does", "use another tool")


def _task(agent: object, rule: Any) -> str | None:
    """Judge the start of an agent."""
    if rule != "allow" and not isinstance(agent, str):
        raise Refused("the agent's name is missing", "name one of your agents")
    bare = agent.removeprefix(PREFIX) if isinstance(agent, str) else ""
    return _named(rule, bare, "an agent" if rule == "deny" else f"agent {bare}")


def _named(rule: Any, name: str, what: str) -> str | None:
    """Judge a name by an action, or by patterns of which the last that fits holds."""
    if isinstance(rule, dict):
        fitting = [action for pattern, action in rule.items() if matches(pattern, name)]
        known = ", ".join(pattern for pattern, action in rule.items() if action != "deny")
        return _answer(fitting[-1] if fitting else "deny", what, f"this agent has: {known or 'none'}")
    return _answer(rule, what, "do without it, or say in your report what is missing")


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
    if not isinstance(value, str) or "\0" in value or len(value) > 4096:
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
    strictest = "allow"
    for path in paths:
        for form in place.below(path):
            action = _edit_action(rule, form)
            if action == "deny":
                raise Refused(f"{shown(path)} is not among the files of this agent", _files(rule))
            strictest = min(strictest, action, key=STRICTEST.index)
    return "ask" if strictest == "ask" else None


def _edit_action(rule: Any, form: str) -> str:
    """Return what a block says of a path below the project; `project` is what is left of it without the protected."""
    if not isinstance(rule, dict):
        return "allow" if rule == "project" else str(rule)
    return next((action for pattern, action in reversed(rule.items()) if path_fits(pattern, form)), "deny")


def _files(rule: Any) -> str:
    """Say which files an agent may edit."""
    return "it has: " + ", ".join(pattern for pattern, action in rule.items() if action != "deny")[:400]
