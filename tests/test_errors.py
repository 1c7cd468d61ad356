"""The errors: each says what happened and what to do, and carries its exit code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from batchpack import errors

EXAMPLES = (
    (errors.BatchpackError("it broke", "mend it"), 1, "it broke", "mend it"),
    (errors.UsageError("wrong word"), 2, "wrong word", ""),
    (errors.UnknownName("host", "emacs", ["osa", "claude"]), 2, "no host named 'emacs'", "known: claude, osa"),
    (errors.UnknownName("host", "emacs", []), 2, "no host named 'emacs'", "known: none"),
    (errors.BrokenFile(Path("a.yaml"), "bad", 3, 7), 1, "a.yaml:3:7: bad", "not changed"),
    (errors.BrokenFile(Path("a.yaml"), "bad"), 1, "a.yaml: bad", "mend the file"),
    (errors.UnsafePath("../x", Path("/root")), 1, "../x lies outside /root", "inside"),
    (errors.Unwritable(Path("f"), "Permission denied"), 1, "cannot write f: Permission denied", "make it writable"),
    (errors.Unwritable(Path("f"), os.strerror(errno.ENOSPC)), 1, "cannot write f: No space", "make room"),
    (errors.Busy("the run", 30.0), 1, "the run is in use by another batchpack process (waited 30 s)", "wait"),
)


@pytest.mark.parametrize(("error", "code", "message", "hint"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_an_error_says_what_happened_and_what_to_do(
    error: errors.BatchpackError, code: int, message: str, hint: str
) -> None:
    """Message, hint and exit code are those of its kind."""
    assert code == error.exit_code
    assert message in error.message
    assert hint in error.hint
    assert error.message == str(error)


def test_a_broken_file_remembers_its_place() -> None:
    """Path, line and column can be asked for."""
    error = errors.BrokenFile(Path("a.json"), "bad", 2, 5)

    assert (Path("a.json"), 2, 5) == (error.path, error.line, error.column)
