"""Where things lie: the pack's own folders, the user's config and state, a project's run root."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from batchpack.errors import BrokenFile

PACK_FOLDERS = ("plugins", "skills", "agents", "hooks")


def package() -> Path:
    """Return the engine's own folder."""
    return Path(__file__).resolve().parent


@cache
def pack_root() -> Path:
    """Return the folder that holds plugins/, skills/, agents/ and hooks/: carried in the wheel, else the clone."""
    here = package()
    carried = here / "_pack"
    return carried if carried.is_dir() else here.parent


@cache
def version() -> str:
    """Return the version written in pyproject.toml, read from the clone or from the installed metadata."""
    clone = pack_root() / "pyproject.toml"
    if clone.is_file():
        import tomllib

        return str(tomllib.loads(clone.read_text())["project"]["version"])
    from importlib.metadata import version as installed

    return installed("batchpack")


def home() -> Path:
    """Return the user's home folder."""
    return Path.home()


def _base(variable: str, default: str) -> Path:
    """Return a folder of the XDG base directory specification; a relative value is ignored, as it says."""
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else home() / default


def config_folder() -> Path:
    """Return the user's own folder: plugins/, skills/ and agents/ with a roster.yaml may stand in it."""
    return _base("XDG_CONFIG_HOME", ".config") / "batchpack"


def state_folder() -> Path:
    """Return the folder of receipts and logs, out of reach of the projects that agents edit."""
    return _base("XDG_STATE_HOME", ".local/state") / "batchpack"


def last_of(roots: Sequence[Path], path: Path) -> Path:
    """Return a file of the last content folder that has it, so that users can replace ours; raises BrokenFile."""
    found = [root / path for root in roots if (root / path).is_file()]
    if not found:
        raise BrokenFile(path, "no content folder has it")
    return found[-1]
