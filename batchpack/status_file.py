"""The small file that says in one line where the newest batch of a project stands, for status lines and prompts.

It is `.batchpack/status.json`: `line` as it is shown, `at` in seconds since the epoch, `beat` how many seconds apart it
is written while somebody drives the run (0: at events only), and `ended`. Agents can write there, so readers trust
nothing in it: they show one printable line. Nothing depends on it, and failing to write it is no failure.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

FOLDER, NAME = ".batchpack", "status.json"
SCHEMA = 1
SIGNS = {"done": "✓", "failed": "✗", "running": "▶", "answered": "▷", "waiting": "○", "skipped": "-"}
MOST = 8
"""Most tasks that are named; of more, those at work and those that failed come first."""
LETTERS = 60
"""How much of a layer's name is told."""
FIRST = ("failed", "running", "answered", "done", "waiting", "skipped")


class Member(NamedTuple):
    """A task of a batch: `state` is a key of SIGNS, `attempt` the number of the last one begun, 0 for none."""

    name: str
    state: str
    attempt: int = 0


def text(layer: str, number: int, members: Sequence[Member]) -> str:
    """Write a batch in one line: `[BATCH 2-backend #2] L2-003 ✓, L2-004 ✗ (attempt 2), L2-005 ✓ (2/3)`."""
    done = sum(one.state == "done" for one in members)
    shown = sorted(sorted(members, key=lambda one: FIRST.index(one.state))[:MOST], key=list(members).index)
    parts = [_member(one) for one in shown] + ([f"{len(members) - MOST} more"] if len(members) > MOST else [])
    return f"[BATCH {layer[:LETTERS]} #{number}] {', '.join(parts)} ({done}/{len(members)})"


def _member(one: Member) -> str:
    """Write a task: its attempt is told where it is no first one, or failed."""
    tries = one.state == "failed" or (one.state == "running" and one.attempt > 1)
    return f"{one.name} {SIGNS[one.state]}" + (f" (attempt {one.attempt})" if tries and one.attempt else "")


def write(root: Path, run: str, line: str, *, ended: bool = False, beat: float = 0) -> None:
    """Say in a project's run root where its newest batch stands; where that cannot be written, nothing is said.

    Hosts that keep runs outside projects have no status line for them, so in other roots nothing is written; nor
    through a link, which could lead to any file of the user's. The disk is not waited for: the next word replaces it.
    """
    from batchpack.errors import BatchpackError
    from batchpack.files import write_atomic

    facts = {"schema": SCHEMA, "run": run, "line": line, "at": round(time.time(), 3), "beat": beat, "ended": ended}
    with suppress(OSError, ValueError, BatchpackError):
        if root.name == FOLDER and root.is_dir() and not (root / NAME).is_symlink():
            write_atomic(root / NAME, json.dumps(facts, ensure_ascii=False) + "\n", lasting=False)


def line(folder: Path) -> str:
    """Return the line of a folder's project with a mark where it is old, empty where there is none to show."""
    script = _script()
    try:
        facts = json.loads(script["find"](str(folder.absolute())) or b"{}")
        return str(script["told"](facts, time.time())) if isinstance(facts, dict) else ""
    except (OSError, ValueError, OverflowError, RecursionError):
        return ""


def run_of(root: Path) -> str:
    """Return the run that the file in a run root tells of, empty where there is none."""
    try:
        facts = json.loads(_script()["read"](str(root / NAME)) or b"{}")
    except (OSError, ValueError, RecursionError):
        return ""
    return str(facts.get("run", "")) if isinstance(facts, dict) else ""


def _script() -> dict[str, Any]:
    """Run the status line's script as a module: it stands alone in hosts' folders, so the reading is written there."""
    import runpy

    from batchpack import places

    return runpy.run_path(str(places.pack_root() / "hooks" / "status-line.py"), run_name="status_line")
