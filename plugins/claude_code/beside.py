"""What Claude Code keeps beside the transcript of an agent: which agent it is, and who started it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any


def facts(path: Path) -> Mapping[str, Any]:
    """Read what lies beside a transcript; nothing where it is not to be had."""
    try:
        found = json.loads(path.with_suffix(".meta.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def starter(path: Path, found: Mapping[str, Any], session: str) -> str:
    """Return the id of the agent or session that started this agent, nothing while that cannot be told yet."""
    parent, depth, call = found.get("parentAgentId"), found.get("spawnDepth"), found.get("toolUseId")
    if isinstance(parent, str):
        return parent
    if isinstance(depth, int) and depth > 1:
        return _caller(path, call) if isinstance(call, str) else ""
    return session if found else ""


def _caller(path: Path, call: str) -> str:
    """Return which of the agents beside made a call; 2.1.197 does not say it otherwise."""
    wanted = b'"id":%b,"name":' % json.dumps(call).encode()
    for other in path.parent.glob("agent-*.jsonl"):
        if other != path and _holds(other, wanted):
            return other.stem.removeprefix("agent-")
    return ""


def _holds(path: Path, wanted: bytes) -> bool:
    """Tell whether a file holds some bytes, without taking it into memory."""
    try:
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as seen:
            return seen.find(wanted) >= 0
    except (OSError, ValueError):  # an empty file cannot be mapped
        return False
