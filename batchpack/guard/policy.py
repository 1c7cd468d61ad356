"""Reads the policy and holds it against the fingerprint that was installed with it."""

from __future__ import annotations

import json
import sys

from batchpack.guard.refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module costs a millisecond of each call
    from typing import Any

SCHEMA = 1
REPAIR = "tell the user to run `batchpack install`"
ACTIONS = ("allow", "ask", "deny")
KEYS = {
    "read": (),
    "edit": ("project", "worktree"),
    "bash": ("project", "worktree", "read-only"),
    "task": (),
    "web": (),
    "mcp": (),
}
"""The keys of an agent's block, with the words that each takes beside actions and patterns."""


def load(path: str, sha256: str) -> dict[str, Any]:
    """Return a policy; raises Refused when it is not the one that was installed."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except (OSError, ValueError) as error:
        raise Refused("its policy cannot be read", REPAIR) from error
    if fingerprint(data) != sha256.lower():
        raise Refused("its policy was changed since it was installed", REPAIR)
    try:
        policy = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("its policy is no JSON", REPAIR) from error
    if not _is_whole(policy):
        raise Refused("its policy is of another version", REPAIR)
    return dict(policy)


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    try:  # Python's own, for hashlib starts a whole cryptographic library: that is a tenth of a call
        made = __import__("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except (ImportError, AttributeError):
        from hashlib import sha256 as made
    return str(made(data).hexdigest())


def _is_whole(policy: Any) -> bool:
    """Tell whether a policy has all that is asked of it later."""
    if not isinstance(policy, dict) or policy.get("schema") != SCHEMA:
        return False
    agents, tools, router = policy.get("agents"), policy.get("tools"), policy.get("router")
    return (
        isinstance(agents, dict)
        and all(_is_block(block) for block in agents.values())
        and isinstance(tools, dict)
        and all(isinstance(tool, dict) and isinstance(tool.get("act"), str) for tool in tools.values())
        and isinstance(policy.get("program"), str)
        and _are_texts(policy.get("own"))
        and (router is None or (isinstance(router, dict) and _are_texts([router.get("path"), router.get("sha256")])))
    )


def _are_texts(values: Any) -> bool:
    """Tell whether a value is a list of texts."""
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _is_block(block: Any) -> bool:
    """Tell whether an agent's block has every key, and only words that are known."""
    return (
        isinstance(block, dict)
        and set(block) == set(KEYS)
        and all(_is_rule(key, rule, words) for key, rule in block.items() for words in [KEYS[key]])
    )


def _is_rule(key: str, rule: Any, words: tuple[str, ...]) -> bool:
    """Tell whether a rule is an action or another word of its key, or patterns with actions."""
    if isinstance(rule, dict):
        return key not in ("read", "web") and all(action in ACTIONS for action in rule.values())
    return rule in ACTIONS or rule in words
