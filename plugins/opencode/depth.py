"""How deep subagents may start subagents: opencode's setting, which allows none until it is 2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from batchpack.values import Check, Edit

from .settings import SettingsFiles  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

KEY = "subagent_depth"
NEEDED = 2
NESTING = "BatchExecutor"
WITHOUT = f"{NESTING} cannot start agents; start CoderAgent yourself, a subtask at a time"
REASON = f"lets {NESTING} start several CoderAgents: opencode keeps subagents from starting others until this is 2"


def depth_edits(files: SettingsFiles) -> list[Edit]:
    """Say the setting for the file that holds it, else for the last one there, else for a new one."""
    path, value = files.holding(KEY)
    # a value that is high enough is said again: an install that put it there keeps its claim to it
    wanted = value if _is_enough(value) else NEEDED
    return [Edit(path, "json", (KEY,), wanted, REASON, optional=WITHOUT)]


def _is_enough(value: object) -> bool:
    """Tell whether a depth allows a subagent to start another."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= NEEDED


def depth_check(config: Mapping[str, Any], agents: Iterable[str]) -> list[Check]:
    """Say whether the setting that holds is high enough; what the user keeps lower is no failure."""
    if NESTING not in agents:
        return []
    value = config.get(KEY, 1)
    return [Check(KEY, True if _is_enough(value) else None, "" if _is_enough(value) else f"it is {value}: {WITHOUT}")]
