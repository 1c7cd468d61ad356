"""The one way to say no: what was refused, and what to do instead, in one line that a model reads."""

from __future__ import annotations

LONGEST = 120


class Refused(Exception):
    """A tool call, or the guard's own state, that must not go on."""

    def __init__(self, what: str, instead: str = "") -> None:
        super().__init__(what)
        self.what, self.instead = what, instead

    def line(self) -> str:
        """Say it in one line."""
        return f"batchpack's guard: {self.what}" + (f"; {self.instead}" if self.instead else "")


def shown(value: object) -> str:
    """Return a value from outside as it may stand in a line: printable, quoted and cut."""
    text = value[: LONGEST + 1] if isinstance(value, str) else type(value).__name__
    text = ascii(text)[1:-1] if not text.isprintable() else text
    return f"`{text[:LONGEST]}{'...' if len(text) > LONGEST else ''}`"
