"""Patterns for commands fit words, and other folders and parameters are refused."""

from __future__ import annotations

import pytest

from batchpack.guard.bash import fits
from tests.guard.conftest import ROUTER, Ground

FITTING = [
    ("task-cli status *", "task-cli status", True),
    ("task-cli status *", "task-cli status demo --json", True),
    ("task-cli status *", "task-cli statusx demo", False),
    ("task-cli status *", "task-cli", False),
    ("task-cli status", "task-cli status demo", False),
    ("cat *SYNTHESIS.md", "cat runs/SYNTHESIS.md", True),
    ("cat *SYNTHESIS.md", "cat a SYNTHESIS.md", False),
    ("npm run test:*", "npm run test:unit", True),
    ("npm run test:*", "npm run test", False),
    ("git log * -1", "git log a -1", True),
    ("git log * -1", "git log -1", False),
    ("*", "anything at all", True),
    ("make ?", "make a", True),
    ("make ?", "make ab", False),
]


@pytest.mark.parametrize(("pattern", "command", "expected"), FITTING)
def test_patterns_fit_words(pattern: str, command: str, expected: bool) -> None:
    """A last `*` is any number of words; a wildcard in a word stays in it."""
    assert expected == fits(pattern, command.split(" "))


def test_the_same_folder_is_no_other(ground: Ground) -> None:
    """A folder that is the call's own is accepted however it is written."""
    here = str(ground.project.folder)
    for folder in (here, f"{here}/", ".", "./", f"{here}/sub/..", "", None):
        given = {"command": f"bash {ROUTER} status", "workdir": folder}
        assert "allow" == ground.judge("runner", "bash", given), folder


def test_the_router_is_found_from_the_calls_folder(ground: Ground) -> None:
    """A relative path counts from where the command runs, and so does a project without the pack's files."""
    sub = ground.project.folder / "sub"

    assert "allow" == ground.judge("runner", "bash", {"command": f"bash ../{ROUTER} status"}, sub)
    assert "is not the router.sh that was installed" in ground.judge(
        "runner", "bash", {"command": f"bash {ROUTER} status"}, sub
    )


def test_a_rule_for_any_command_is_asked_as_it_is(ground: Ground) -> None:
    """An agent that may run anything is not read at all."""
    assert "ok" == ground.judge("free", "bash", {"command": 3, "any": "thing"})
