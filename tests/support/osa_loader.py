"""OSA's loaders as a checker: what it would take from a `~/.osa` folder, and which shell commands it would refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

BUILT_IN_COMMANDS = {"help", "status", "skills", "agents", "plan", "resume", "reload", "review", "tasks", "test"}
TOOLS = {
    "file_read", "file_write", "file_edit", "file_glob", "file_grep", "dir_list", "shell_execute", "web_search",
    "web_fetch", "memory_save", "orchestrate",
}  # fmt: skip
REFUSED_PROGRAMS = {
    "rm", "sudo", "dd", "mkfs", "fdisk", "format", "shutdown", "reboot", "halt", "poweroff", "init", "telinit", "kill",
    "killall", "pkill", "mount", "umount", "iptables", "systemctl", "passwd", "useradd", "userdel", "nc", "ncat",
}  # fmt: skip
REFUSED_SIGNS = (r"`", r"\$\(", r"\$\{", r"\.\./", r"\bsudo\b", r"\bdd\b", r">\s*/(etc|boot|usr)/")


@dataclass(frozen=True)
class Loaded:
    """A skill or command as OSA would know it."""

    name: str
    description: str
    body: str
    matter: dict[str, Any]


def skills(home: Path) -> dict[str, Loaded]:
    """Return the skills one level below `~/.osa/skills`; what OSA would drop in silence is not among them."""
    found = (_load(path, path.parent.name) for path in sorted((home / ".osa/skills").glob("*/SKILL.md")))
    return {skill.name: skill for skill in found if skill is not None}


def commands(home: Path) -> dict[str, Loaded]:
    """Return the slash commands of `~/.osa/commands`, flat, without those that a built-in one hides."""
    found = (_load(path, path.stem) for path in sorted((home / ".osa/commands").glob("*.md")))
    return {one.name: one for one in found if one is not None and one.name not in BUILT_IN_COMMANDS}


def _load(path: Path, default: str) -> Loaded | None:
    """Cut a file at the first two `---`, wherever they stand, and read what lies between as YAML."""
    text = path.read_text()
    if not text.startswith("---"):
        return None
    _, head, body = (*text.split("---", 2), "", "")[:3]
    try:
        matter = yaml.safe_load(head)
    except yaml.YAMLError:
        return None
    if not isinstance(matter, dict):
        return None
    return Loaded(str(matter.get("name", default)), str(matter.get("description", "")), body.strip(), matter)


def expand(command: Loaded, words: str) -> str:
    """Return what goes to the model for `/name words`."""
    return f"{command.body}\n\nAdditional context: {words}" if words else command.body


def refusal(command: str) -> str | None:
    """Say why OSA's shell would refuse a command, or None."""
    for part in re.split(r"[|;&]", command):
        first = PurePosixPath((part.split() or [""])[0]).name
        if first in REFUSED_PROGRAMS:
            return f"program {first}"
        if first == "cd" and "/.osa" not in part:
            return "cd out of ~/.osa"
    return next((f"sign {sign}" for sign in REFUSED_SIGNS if re.search(sign, command)), None)
