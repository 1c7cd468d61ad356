"""Consent: a person says yes before anything is done for good; where nobody is there, nothing is agreed."""

from __future__ import annotations

from batchpack.errors import UsageError
from batchpack.output import confirm, is_terminal


def given(question: str, instead: str) -> bool:
    """Ask a person; raises UsageError without one, with what to do instead."""
    if not is_terminal():
        raise UsageError("nobody is there to be asked", instead)
    return confirm(question)
