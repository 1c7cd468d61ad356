"""The pack as tests render it: this clone's content, a fixed version, hosts from the real plugin manager."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from batchpack import manager, places
from batchpack.content import Pack, load_pack
from batchpack.host import Host
from batchpack.values import File, Scope, Target

BASE = Path("/home/user/project")
TARGETS: tuple[tuple[str, Scope], ...] = (
    ("opencode", "user"),
    ("opencode", "project"),
    ("claude_code", "user"),
    ("claude_code", "project"),
    ("osa", "user"),
)


@cache
def host(name: str) -> Host:
    """Return a built-in host."""
    return manager.load().hosts[name]


@cache
def pack() -> Pack:
    """Return the pack's own content with a version that never changes."""
    return replace(load_pack([places.pack_root()]), version="0.0.0")


def target(name: str, scope: Scope, base: Path = BASE, program: str = "batchpack") -> Target:
    """Return where a host's files go below a base folder."""
    place = host(name).PLACES.user if scope == "user" else host(name).PLACES.project
    assert place is not None
    python, package = "/opt/batchpack/bin/python", "/opt/batchpack/lib/batchpack"
    return Target(name, scope, base, base / place, program, python, package)


def working(name: str, scope: Scope, base: Path) -> Target:
    """Return a target whose interpreter and engine are there, so that what is written can run."""
    return replace(target(name, scope, base), python=sys.executable, package=str(places.package()))


def rendered(name: str, scope: Scope, base: Path = BASE, program: str = "batchpack") -> dict[str, File]:
    """Return all files of a host by path."""
    return files_at(target(name, scope, base, program))


def files_at(place: Target) -> dict[str, File]:
    """Return all files of a target by path."""
    page = host(place.host)
    kinds = (page.skill_files, page.agent_files, page.command_files, page.hook_files)
    return {file.path: file for kind in kinds for file in kind(pack(), place)}


def write(files: dict[str, File], base: Path) -> None:
    """Write files below a folder."""
    for path, file in files.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(file.text)
