"""The pack's own scripts: hooks that mark when agents begin and end, for metrics, and the status line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchpack import places
from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.host import STATUS_LINE
from batchpack.values import Edit, File, Target

SCRIPT, LINE = "mark.py", "status-line.py"
SCRIPTS = (SCRIPT, LINE)
SECONDS = 10
AGENTS = "Agent|Task"
"""The tool that starts agents, by its two names."""
MATCHERS: Mapping[str, str] = {
    "SessionStart": "",
    "SessionEnd": "",
    "SubagentStart": "",
    "SubagentStop": "",
    "PostToolUse": AGENTS,
    "PostToolUseFailure": AGENTS,
    "StopFailure": "",
}
REASON = "so that `batch-metrics` knows when agents of this project began and ended; nothing of what they say is kept"
WITHOUT = "`batch-metrics` knows the times of agents from transcripts only"


def script_file(target: Target, folder: Path, name: str) -> File:
    """Say a script of the pack's `hooks/` in a folder of the host."""
    path = (folder / name).relative_to(target.base).as_posix()
    return File(path, read_text(places.pack_root() / "hooks" / name), executable=True, sealed=True)


def script_word(target: Target, folder: Path, name: str) -> str:
    """Return a script's path as a word of a shell command: relative to the plugin for the user, else absolute."""
    if target.scope == "user":
        return f'"${{CLAUDE_PLUGIN_ROOT}}/{(folder / name).relative_to(folder.parent).as_posix()}"'
    return shlex.quote(str(folder / name))


def marks(target: Target, folder: Path) -> dict[str, Any]:
    """Return the hooks that run the script in a folder.

    Whatever goes wrong, a missing interpreter included, the shell says nothing and ends with 0: all went well.
    """
    script = script_word(target, folder, SCRIPT)
    command = f"{shlex.quote(target.python)} -I -S {script} >/dev/null 2>&1 || :"
    hook = {"type": "command", "command": command, "timeout": SECONDS}
    return {event: [{**({"matcher": match} if match else {}), "hooks": [hook]}] for event, match in MATCHERS.items()}


def mark_edits(target: Target, path: str, folder: Path) -> list[Edit]:
    """Say the hooks in a project's settings."""
    return [
        Edit(path, "json", ("hooks", event), group, REASON, "append", optional=WITHOUT)
        for event, groups in marks(target, folder).items()
        for group in groups
    ]


def merged(*hooks: Mapping[str, Any]) -> str:
    """Write several tables of hooks as the text of one file."""
    events = dict.fromkeys(event for table in hooks for event in table)
    found = {event: [group for table in hooks for group in table.get(event, ())] for event in events}
    return json.dumps({"hooks": found}, indent=2) + "\n"


def status_edits(target: Target, folder: Path) -> list[Edit]:
    """Say the status line where it was asked for and the user has none, or where it is ours already."""
    path, script = target.folder / "settings.json", shlex.quote(str(folder / LINE))
    wanted = target.status_line and not any(map(_status_line, (path, *_others(target))))
    if not wanted and not _status_line(path).endswith(f" {script}"):
        return []
    value = {"type": "command", "command": f"{shlex.quote(target.python)} -I -S {script}"}
    return [Edit(path.relative_to(target.base).as_posix(), "json", ("statusLine",), value, STATUS_LINE)]


def _others(target: Target) -> list[Path]:
    """List the other settings files in which the user may have a status line that ours would hide or be hidden by."""
    return [target.folder / "settings.local.json", places.home() / ".claude" / "settings.json"]


def _status_line(path: Path) -> str:
    """Return the command of the status line in a settings file; what cannot be read has none."""
    try:
        found = json.loads(read_text(path)).get("statusLine") if path.is_file() else None
    except (OSError, ValueError, AttributeError, BatchpackError):
        return ""
    return str(found.get("command", found) if isinstance(found, dict) else found or "")
