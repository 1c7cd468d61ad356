"""What a file holds, as a short text that differs whenever the content does."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

LARGE = 64 << 20
"""From this size on, in bytes, a file is told by size and times instead of being read."""


def digest(path: Path) -> str:
    """Return the content of a file, a link's target, or what else is there; links are never followed."""
    try:
        state = path.lstat()
        if stat.S_ISLNK(state.st_mode):
            return f"link {path.readlink()}"
        if not stat.S_ISREG(state.st_mode):
            return "folder" if stat.S_ISDIR(state.st_mode) else "special"
        executable = "x" if state.st_mode & 0o100 else "-"
        if state.st_size >= LARGE:
            return f"{executable} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns}"
        return f"{executable} {hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()}"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable ({error.strerror})"
