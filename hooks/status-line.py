#!/usr/bin/env python3
"""Print where the newest batch of a project stands, in one line, from one small file: Claude Code's status line.

Claude Code hands over its facts on standard input; of these only the session's folder is read. Where there is no batch
it prints nothing. Whatever goes wrong, it ends with 0: a status line is no place for errors.
`batchpack status --line` prints the same; batchpack/status_file.py writes the file and says what stands in it.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes as long to import as all the rest
    from typing import Any

MOST_BYTES = 64 * 1024
LETTERS = 800
DEEPEST = 32
ENDED_SECONDS = 3600
LOST_SECONDS = 24 * 3600
QUIET_SECONDS = 600
MISSED_BEATS = 3
LINKED = os.sep + os.path.join(".git", "worktrees") + os.sep


def read(path: str) -> bytes:
    """Read a small regular file, empty where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(handle, MOST_BYTES) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    finally:
        os.close(handle)


def find(folder: str) -> bytes:
    """Return the status file of a folder, of those around it, or of the main work tree of a linked one."""
    for _ in range(DEEPEST):
        found = read(os.path.join(folder, ".batchpack", "status.json"))
        if found:
            return found
        link = read(os.path.join(folder, ".git")).decode("utf-8", "replace").strip()
        if link.startswith("gitdir: ") and LINKED in link:
            return read(os.path.join(link[8:].split(LINKED)[0], ".batchpack", "status.json"))
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    return b""


def told(facts: dict[str, Any], now: float) -> str:
    """Return the line that a status file holds, with a mark where it is old; empty where it is too old to matter."""
    text, at, beat = str(facts.get("line", "")), facts.get("at"), facts.get("beat")
    text = "".join(letter if letter.isprintable() else " " for letter in text[:LETTERS]).strip()
    if not isinstance(at, (int, float)) or not isinstance(beat, (int, float)):
        return ""
    age = abs(now - at)
    if not text or age > LOST_SECONDS or (facts.get("ended") is True and age > ENDED_SECONDS):
        return ""
    if facts.get("ended") is True or age <= (MISSED_BEATS * beat or QUIET_SECONDS):
        return text
    return "%s (%s %s)" % (text, "stale: no sign of life for" if beat else "nothing new for", since(age))  # noqa: UP031


def since(seconds: float) -> str:
    """Write an age for people."""
    if seconds < 120:
        return "%d s" % seconds  # noqa: UP031
    return "%d min" % (seconds / 60) if seconds < 7200 else "%d h" % (seconds / 3600)  # noqa: UP031


def place(given: bytes) -> str:
    """Return the folder of the session, by what Claude Code hands over; without it, this one."""
    try:
        facts = json.loads(given)
        return str(os.path.abspath(facts["workspace"]["project_dir"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return os.getcwd()


def main() -> None:
    """Print the line."""
    given = b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read(1024 * 1024)
    facts = json.loads(find(place(given)) or b"{}")
    text = told(facts, time.time()) if isinstance(facts, dict) else ""
    if text:
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        main()
    finally:  # an error would stand in the place of the line
        os._exit(0)
