"""The word that starts this very installation of `batchpack` in a shell."""

from __future__ import annotations

import shlex
import sys
from functools import cache
from pathlib import Path

from batchpack import process

NAME = "batchpack"


@cache
def word() -> str:
    """Return `batchpack` when PATH leads to this installation, else its absolute path, quoted for a shell."""
    own = Path(sys.executable).parent / NAME
    found = process.find(NAME)
    if found and Path(found).resolve() == own.resolve():
        return NAME
    if own.exists():
        return shlex.quote(str(own))
    return f"{shlex.quote(sys.executable)} -m {NAME}"
