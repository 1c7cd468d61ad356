"""What hosts run of ours beside a session, each a whole process, against `python3 -c pass` of the same interpreter."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from timing import Command, compare

from batchpack import places, status_file

ROUNDS, AIM = 61, 5.0
LINE = "[BATCH 2-backend #2] L2-003 ✓, L2-004 ✗ (attempt 2), L2-005 ▶ (1/3)"


def main() -> None:
    """Print a table for the mark of an event, the status line, and `batchpack status --line`."""
    folder = Path(tempfile.mkdtemp(prefix="batchpack-bench-")).resolve()
    (folder / ".batchpack").mkdir()
    status_file.write(folder / ".batchpack", "ab12", LINE, beat=3600)
    session = {"session_id": "s-1", "cwd": str(folder), "workspace": {"project_dir": str(folder)}}
    answer = {"agentId": "a1", "status": "completed", "content": [{"type": "text", "text": "x" * 20_000}]}
    asked = {"tool_name": "Agent", "tool_use_id": "t1", "tool_input": {"subagent_type": "x", "prompt": "y" * 2000}}
    call = {"hook_event_name": "PostToolUse", "tool_response": answer, **asked, **session}
    (folder / "call.json").write_text(json.dumps(call))
    hooks = places.pack_root() / "hooks"
    ours = {
        "mark of an event": ["-I", "-S", str(hooks / "mark.py")],
        "status line": ["-I", "-S", str(hooks / "status-line.py")],
        "batchpack status --line": ["-m", "batchpack", "status", "--line"],
    }
    for name, words in ours.items():
        compare(
            _command(name, folder, words), _command("python3 -c pass", folder, ["-c", "pass"]), rounds=ROUNDS, aim=AIM
        )


def _command(name: str, folder: Path, words: list[str]) -> Command:
    """Make a command that a shell starts, as hosts do, with the facts on standard input."""
    env = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    return Command(name, ["/bin/sh", "-c", '"$@" < call.json', "sh", sys.executable, *words], lambda: folder, env)


if __name__ == "__main__":
    main()
