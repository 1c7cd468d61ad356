"""The guard's door: arguments and a call in, an exit code and at most one line out; whatever goes wrong is a no."""

from __future__ import annotations

import json
import sys

from batchpack.guard.refusal import Refused, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO = 2
OPTIONS = ("--policy", "--sha256", "--agents")
BROKEN = "batchpack's guard is broken, so its agents are refused"
RESTART = "tell the user that the guard of batchpack does not work"
NOT_READ = b'"agent_type"'
REASONS = {"allow": "batchpack: a command of the pack", "ask": "batchpack: this agent's permissions say to ask"}


def main(argv: list[str]) -> int:
    """Judge the call on standard input, or with --check the policy, and return the exit code."""
    try:
        if "--check" in argv:
            return _check(_options(argv))
        call = _call(sys.stdin.buffer.read() if sys.stdin else b"")
        agent = call.get("agent_type")
        if agent is None:
            return 0
        options = _options(argv)
        if isinstance(agent, str) and agent not in options["--agents"].split(","):
            return 0
        return _answer(_judged(call, agent, options))
    except Refused as refused:
        return _no(refused.line())
    except BaseException as error:  # a guard that breaks must not let go
        return _no(Refused(f"it failed with {type(error).__name__}", RESTART).line())


def _options(argv: list[str]) -> dict[str, str]:
    """Return the options by name; raises Refused when one is missing."""
    words = [word for word in argv if word != "--check"]
    options = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) != 2 * len(OPTIONS) or sorted(options) != sorted(OPTIONS):
        raise Refused("it was called without " + ", ".join(OPTIONS), RESTART)
    return options


def _call(data: bytes) -> dict[str, Any]:
    """Return the call, an empty one when it is too deep but surely of no agent; raises Refused for none."""
    try:
        call = json.loads(data)
    except RecursionError as error:
        if NOT_READ in data:
            raise Refused("the call is nested too deeply", "give plainer parameters") from error
        return {}
    except ValueError as error:
        raise Refused("the call cannot be read", RESTART) from error
    if not isinstance(call, dict):
        raise Refused("the call is no object", RESTART)
    return call


def _judged(call: dict[str, Any], agent: object, options: dict[str, str]) -> str | None:
    """Judge a restricted agent's call."""
    from batchpack.guard.acts import judge
    from batchpack.guard.policy import REPAIR, load

    policy = load(options["--policy"], options["--sha256"])
    block = policy["agents"].get(agent) if isinstance(agent, str) else None
    if block is None:
        raise Refused(f"its policy does not know the agent {shown(agent)}", REPAIR)
    return judge(call, block, policy)


def _answer(decision: str | None) -> int:
    """Say a decision: nothing when there is no objection."""
    if decision:
        said = {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": REASONS[decision],
        }
        sys.stdout.write(json.dumps({"hookSpecificOutput": said}) + "\n")
        sys.stdout.flush()
    return 0


def _no(line: str) -> int:
    """Say a refusal on standard error."""
    try:
        sys.stderr.write(line.encode("ascii", "backslashreplace").decode() + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # nobody listens; the exit code says it
    return NO


def _check(options: dict[str, str]) -> int:
    """Say whether the policy and router.sh are as they were installed, for a host to show when a session starts."""
    from batchpack.guard import acts, building, confined, looking, own  # noqa: F401 - a broken module shows here, not later
    from batchpack.guard.policy import REPAIR, load

    try:
        policy = load(options["--policy"], options["--sha256"])
        if set(options["--agents"].split(",")) - set(policy["agents"]):
            raise Refused("its policy lacks agents", REPAIR)
        if not own.is_as_installed(policy["router"]):
            raise Refused("router.sh was changed since it was installed", REPAIR)
        said: dict[str, object] = {"suppressOutput": True}
    except Refused as refused:
        said = {"systemMessage": f"{BROKEN}: {refused.what}; {refused.instead.removeprefix('tell the user to ')}"}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    return 0
