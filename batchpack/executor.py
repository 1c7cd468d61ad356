"""What an executor is: what carries out an attempt when no host does."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Executor(Protocol):
    """A way to carry out one task as a program of its own."""

    NAME: str

    def command(self, role: str, prompt: Path) -> list[str]:
        """Return the argv that does what the prompt file says, in the project as working directory."""
