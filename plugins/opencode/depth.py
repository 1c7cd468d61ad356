"""How deep subagents may start subagents: opencode's setting, which allows none until it is 2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.values import Check, Edit, Target

KEY = "subagent_depth"
NEEDED = 2
SCHEMA = ("$schema", "https://opencode.ai/config.json")
"""opencode writes this key into a settings file that lacks it."""
FILES: Mapping[str, tuple[str, ...]] = {
    "user": (".config/opencode/config.json", ".config/opencode/opencode.json", ".config/opencode/opencode.jsonc"),
    "project": ("opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc"),
}
"""The settings files of a scope; of two that say something, the later one holds."""
NEW = {"user": ".config/opencode/opencode.jsonc", "project": ".opencode/opencode.json"}
NESTING = "BatchExecutor"
WITHOUT = f"{NESTING} cannot start agents; start CoderAgent yourself, a subtask at a time"
REASON = f"lets {NESTING} start several CoderAgents: opencode keeps subagents from starting others until this is 2"
TOKEN = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def depth_edits(target: Target) -> list[Edit]:
    """Say the setting for the file that holds it, else for the last one there, else for a new one."""
    found = {path: _settings(target.base / path) for path in FILES[target.scope] if (target.base / path).exists()}
    saying = [path for path, settings in found.items() if KEY in settings]
    path = next(reversed(saying or list(found)), NEW[target.scope])
    value = found.get(path, {}).get(KEY)
    # a value that is high enough is said again: an install that put it there keeps its claim to it
    wanted = value if _is_enough(value) else NEEDED
    edit = Edit(path, "json", (KEY,), wanted, REASON, optional=WITHOUT)
    is_new = path not in found or found[path].get(SCHEMA[0]) == SCHEMA[1]
    return [*([Edit(path, "json", SCHEMA[:1], SCHEMA[1], "names the format")] if is_new else []), edit]


def _is_enough(value: object) -> bool:
    """Tell whether a depth allows a subagent to start another."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= NEEDED


def _settings(path: Path) -> dict[str, Any]:
    """Read settings with comments and trailing commas; those that cannot be understood say nothing here."""
    try:
        text = COMMENT.sub(_kept, read_text(path))
        settings = json.loads(TOKEN.sub(_kept, text))
    except (BatchpackError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _kept(match: re.Match[str]) -> str:
    """Keep strings and drop what else was matched."""
    return match[1] or " "


def depth_check(config: Mapping[str, Any], agents: Iterable[str]) -> list[Check]:
    """Say whether the setting that holds is high enough; what the user keeps lower is no failure."""
    if NESTING not in agents:
        return []
    value = config.get(KEY, 1)
    return [Check(KEY, True if _is_enough(value) else None, "" if _is_enough(value) else f"it is {value}: {WITHOUT}")]
