"""The act `bash`: what a block says of a command."""

from __future__ import annotations

from batchpack.guard import own, words
from batchpack.guard.globs import matches
from batchpack.guard.places import Place
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import HAND_IN, READ_ONLY_COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GRANT = "allow"


def judge(tool: dict[str, Any], given: dict[str, Any], rule: Any, policy: dict[str, Any], place: Place) -> str | None:
    """Return `allow` for a command of the pack, `ask`, or None for no objection; raises Refused."""
    if rule == "deny":
        raise Refused("this agent runs no commands", "work without them, and say in your report what should be run")
    if rule in ("allow", "ask"):
        return "ask" if rule == "ask" else None
    command = given.get(tool.get("command", "command"))
    if not isinstance(command, str):
        raise Refused("the command is missing or is no text", "give one command")
    _check_rest(tool, given)
    folder = given.get(tool["folder"]) if tool.get("folder") else None
    if rule == "worktree":
        from batchpack.guard import confined

        confined.judge(command, folder, policy, place)
        return None
    _check_folder(tool, folder, place, free=rule == "project")
    if rule == "project":
        return _building(command, policy, place)
    parsed = words.parse(command)
    ours = own.recognised(parsed.words, policy, place)
    if ours:
        own.check_options(ours, place)
    return _looking(parsed, ours, place) if rule == "read-only" else _by_patterns(parsed, ours, rule, place)


def _looking(parsed: words.Command, ours: list[str], place: Place) -> str | None:
    """Judge a plain command of an agent that looks."""
    from batchpack.guard import looking

    if _is_hand_in(ours):
        return GRANT
    if parsed.text or ours:
        raise Refused("this agent looks and hands in its result", "use one of: " + ", ".join(READ_ONLY_COMMANDS))
    looking.check(parsed.words, place)
    return None


def _is_hand_in(ours: list[str]) -> bool:
    """Tell whether a command of the pack is the one that hands in a result."""
    return ours[:3] == [own.PROGRAM, *HAND_IN.split()]


def _building(command: str, policy: dict[str, Any], place: Place) -> str | None:
    """Judge a command of an agent that builds: any, but for accidents; only a plain hand-in is granted."""
    from batchpack.guard import building

    try:
        parsed = words.parse(command)
    except Refused:
        parsed = None
    if parsed and own.is_program(parsed.words[0], policy):
        ours = own.recognised(parsed.words, policy, place)
        if _is_hand_in(ours):
            own.check_options(ours, place)
            return GRANT
    building.check(command, policy, place)
    return None


def _by_patterns(parsed: words.Command, ours: list[str], rule: dict[str, str], place: Place) -> str | None:
    """Judge a plain command by patterns: the last that fits holds, and what none fits is refused."""
    from batchpack.guard import looking

    said = ours or parsed.words
    fitting = [action for pattern, action in rule.items() if fits(pattern, said)]
    if not fitting or fitting[-1] == "deny":
        known = ", ".join(pattern for pattern, action in rule.items() if action != "deny")
        raise Refused(f"{shown(' '.join(said))} is not among this agent's commands", f"it has {known}"[:900])
    if ours:
        return fitting[-1]
    if parsed.text:
        raise Refused("only commands of batchpack take a text behind <<'WORD'", words.PLAIN)
    looking.check_program(said[0], place)
    looking.check_names(said, place)
    return "ask" if fitting[-1] == "ask" else None


def fits(pattern: str, said: list[str]) -> bool:
    """Tell whether a pattern fits a command's words; a last `*` stands for any number of words."""
    wanted = pattern.split(" ")
    if wanted[-1] == "*":
        wanted = wanted[:-1]
        said = said[: len(wanted)]
    return len(wanted) == len(said) and all(map(matches, wanted, said))


def _check_rest(tool: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse parameters that are not known to be harmless."""
    known = {tool.get("command", "command"), tool.get("folder"), *tool.get("plain", ())}
    for name, value in given.items():
        if name not in known and value:
            raise Refused(f"the parameter {shown(name)} is not allowed", "leave it out")


def _check_folder(tool: dict[str, Any], value: object, place: Place, *, free: bool) -> None:
    """Refuse another folder than the call's; `free` lets the project's folders be."""
    if not value:
        return
    real = place.real(value) if isinstance(value, str) and "\0" not in value else ""
    if real != place.cwd and not (free and place.holds(real)):
        raise Refused(f"the folder {shown(value)} is not allowed", f"leave {shown(tool['folder'])} out")
