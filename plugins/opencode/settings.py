"""opencode's settings files: which of them says something, and which a setting of ours goes to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.values import Edit, Target

SCHEMA = ("$schema", "https://opencode.ai/config.json")
"""opencode writes this key into a settings file that lacks it."""
FILES: Mapping[str, tuple[str, ...]] = {
    "user": (".config/opencode/config.json", ".config/opencode/opencode.json", ".config/opencode/opencode.jsonc"),
    "project": ("opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc"),
}
"""The settings files of a scope; of two that say something, the later one holds."""
NEW = {"user": ".config/opencode/opencode.jsonc", "project": ".opencode/opencode.json"}
TOKEN = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


@dataclass(frozen=True, slots=True)
class SettingsFiles:
    """The settings files of a scope that are there, in their order, with what they say."""

    found: Mapping[str, Mapping[str, Any]]
    new: str

    def holding(self, *keys: str) -> tuple[str, Any]:
        """Return the file that a setting goes to, and its value there: the last that has it, else the last there is."""
        values = {path: _at(settings, keys) for path, settings in self.found.items()}
        saying = [path for path, value in values.items() if value is not None]
        path = next(reversed(saying or list(self.found)), self.new)
        return path, values.get(path)

    def named(self, path: str) -> list[Edit]:
        """Say the format's name for a file that is new, or has it: an install keeps its claim to what it put there."""
        is_new = path not in self.found or self.found[path].get(SCHEMA[0]) == SCHEMA[1]
        return [Edit(path, "json", SCHEMA[:1], SCHEMA[1], "names the format")] if is_new else []


def settings_files(target: Target) -> SettingsFiles:
    """Read the settings files of a target's scope."""
    paths = [path for path in FILES[target.scope] if (target.base / path).exists()]
    return SettingsFiles({path: _settings(target, path) for path in paths}, NEW[target.scope])


def _at(settings: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """Return the value at a way of keys, None for none."""
    value: Any = settings
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _settings(target: Target, path: str) -> dict[str, Any]:
    """Read settings with comments and trailing commas; those that cannot be understood say nothing here."""
    try:
        text = COMMENT.sub(_kept, read_text(target.base / path))
        settings = json.loads(TOKEN.sub(_kept, text))
    except (BatchpackError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _kept(match: re.Match[str]) -> str:
    """Keep strings and drop what else was matched."""
    return match[1] or " "
