"""The content of the plugin: a skill, an agent and its role, for every host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from batchpack.markers import hookimpl


@hookimpl
def batchpack_content(register: Callable[[Path], None]) -> None:
    """Offer the folder that holds skills/ and agents/."""
    register(Path(__file__).parent / "content")
