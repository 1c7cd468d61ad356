#!/usr/bin/env python3
"""Mark that a session or an agent of Claude Code began or ended: one line in the user's state folder, nothing else.

Claude Code runs it for a few events with the facts on standard input. Only ids, names and the moment are kept, no text.
It prints nothing, always ends with 0, and gives up rather than keep a session waiting. `batch-metrics` reads the lines.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes as long to import as all the rest
    from typing import Any

SECONDS = 5
MOST_BYTES = 16 * 1024 * 1024
LINE_BYTES = 4096
"""What the kernel appends in one piece, so that lines of hooks that run at once never mix."""
FILE_BYTES = 32 * 1024 * 1024
"""A day's marks beyond this are not written: nothing that runs wild fills a disk."""
LETTERS = 200
PATH_LETTERS = 1024

EVENTS = {
    "SessionStart": "session_started",
    "SessionEnd": "session_ended",
    "SubagentStart": "agent_started",
    "SubagentStop": "agent_ended",
    "PostToolUse": "agent_returned",
    "PostToolUseFailure": "agent_call_failed",
    "StopFailure": "turn_failed",
}
AGENT_TOOLS = ("Agent", "Task")


def word(value: object, most: int = LETTERS) -> str:
    """Return a text as it may stand in a line, empty for what is none or too long."""
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else ""


def table(value: object) -> dict[str, Any]:
    """Return a value where it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def fact(call: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is kept of an event, or None where it is none of ours."""
    event = EVENTS.get(word(call.get("hook_event_name")))
    session = word(call.get("session_id"))
    if not event or not session:
        return None
    part, agent, tool = call.get("agent_id"), call.get("agent_type"), None
    if event in ("agent_returned", "agent_call_failed"):
        if call.get("tool_name") not in AGENT_TOOLS:
            return None
        answer, given, tool = table(call.get("tool_response")), table(call.get("tool_input")), call.get("tool_use_id")
        part, agent = answer.get("agentId"), given.get("subagent_type")
        event = "agent_launched" if answer.get("status") == "async_launched" else event
    elif event == "turn_failed" and part:
        event = "agent_failed"
    found = {"v": 1, "at": round(time.time(), 3), "host": "claude_code", "event": event, "session": session}
    more = {"part": word(part), "agent": word(agent), "call": word(tool), **surroundings()}
    return dict(found, **{name: value for name, value in more.items() if value})


def surroundings() -> dict[str, str]:
    """Return what the environment says: the project's folder, and the run and task that the session works for."""
    names = {"project": "CLAUDE_PROJECT_DIR", "run": "BATCHPACK_RUN", "task": "BATCHPACK_TASK"}
    return {name: word(os.environ.get(key), PATH_LETTERS) for name, key in names.items()}


def line(found: dict[str, Any]) -> bytes:
    """Write the facts as one line that is not too long; the longest of them goes first."""
    while True:
        data = (json.dumps(found, separators=(",", ":")) + "\n").encode("ascii")
        if len(data) <= LINE_BYTES:
            return data
        del found[max((key for key in found if isinstance(found[key], str)), key=lambda key: len(found[key]))]


def folder() -> str:
    """Return where marks lie, as `batchpack.places.state_folder` says."""
    base = os.environ.get("XDG_STATE_HOME", "")
    base = base if base.startswith("/") else os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "batchpack", "marks")


def append(data: bytes) -> None:
    """Append a line to the day's file in one write; a file that is a link, a pipe or full is left alone."""
    place = folder()
    for needed in (os.path.dirname(place), place):  # the owner's alone: lists of runs lie there too
        os.makedirs(needed, 0o700, exist_ok=True)
    path = os.path.join(place, time.strftime("claude_code-%Y-%m-%d.jsonl", time.gmtime()))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o600)
    try:
        if os.fstat(handle).st_size < FILE_BYTES:
            os.write(handle, data)
    finally:
        os.close(handle)


def main() -> None:
    """Mark the event on standard input."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.alarm(SECONDS)
    call = json.loads(sys.stdin.buffer.read(MOST_BYTES))
    found = fact(call) if isinstance(call, dict) else None
    if found:
        append(line(found))


if __name__ == "__main__":
    try:
        main()
    finally:  # whatever goes wrong here is no affair of the session's, and taking the interpreter down takes time
        os._exit(0)
