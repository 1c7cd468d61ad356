"""What opencode says when it does not start, as it is told on."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.mirror import Mirror, mirrored
from batchpack.process import Completed, ProgramFailed
from tests.support.pack import host

HOME, PROJECT = Path("/home/you"), Path("/home/you/project")


def _told(mirror: Mirror, code: int, err: str) -> str:
    """Return the complaint that the page makes of a failure."""
    complaint = host("opencode").complaint  # type: ignore[attr-defined]
    return str(
        complaint(ProgramFailed(Completed(("opencode",), code, "", err), "no end after 40 s"), mirror, HOME, PROJECT)
    )


@pytest.mark.parametrize(
    ("err", "expected"),
    [
        (
            (
                "\x1b[91mError: \x1b[0mConfig file at {home}/.config/opencode/opencode.json is not valid JSON(C): \n"
                "{{\nCommaExpected at line 3, column 1\nValueExpected at line 4, column 1"
            ),
            (
                "it does not start: Config file at /home/you/.config/opencode/opencode.json is not valid JSON(C), "
                "at line 3, column 1"
            ),
        ),
        (
            "Error: bad {project}/.opencode/agents/x.md",
            "it does not start: bad /home/you/project/.opencode/agents/x.md",
        ),
        ("", "it does not start: exit code 1"),
    ],
)
def test_it_is_one_line_with_the_users_paths(err: str, expected: str, tmp_path: Path) -> None:
    """No colours, no dump, no path of the copy that was asked; the first place that it names."""
    with mirrored(tmp_path, None, from_home=(), from_project=()) as mirror:
        said = err.format(home=mirror.home, project=mirror.project) if err else err
        assert expected == _told(mirror, 1, said)


def test_no_answer_is_said_as_such(tmp_path: Path) -> None:
    """A program that was ended for taking too long did not fail to start."""
    with mirrored(tmp_path, None, from_home=(), from_project=()) as mirror:
        assert "it gave no answer: no end after 40 s" == _told(mirror, -9, "half a word")
