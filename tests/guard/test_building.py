"""A builder's command line is read well enough to see accidents."""

from __future__ import annotations

import time

import pytest

from batchpack.guard.building import check, commands
from batchpack.guard.places import Place
from batchpack.protected import GIT_WRITES
from tests.guard.conftest import Ground

SPLIT = {
    "a b; c | d && e": [["a", "b"], ["c"], ["d"], ["e"]],
    "a 'b; c' \"d | e\"": [["a", "b; c", "d | e"]],
    "(a; b) & { c; }": [["a"], ["b"], ["c"]],
    "a $(b c) d": [["a"], ["b", "c"], ["d"]],
    "a `b`": [["a"], ["b"]],
    "a\\ b c": [["a b", "c"]],
    "a \\\nb": [["a", "b"]],
    "a <<'E'\nb c\nE\nd": [["a"], ["d"]],
    "a <<-E\n\tb\n\tE\nd": [["a"], ["d"]],
    "bash <<E\nb c\nE": [["bash"], ["b", "c"], ["E"]],
    "it's open": [["its", "open"]],
    "echo $((1 + 2))": [["echo"], ["1", "+", "2"]],
}


@pytest.mark.parametrize("command", SPLIT)
def test_commands_are_split(command: str) -> None:
    """Simple commands are found between signs, not in quotes and not in texts."""
    assert SPLIT[command] == [said for said, _ in commands(command) if said]


def test_targets_are_found() -> None:
    """The file behind each redirection is told from arguments."""
    assert [(["a", "d"], ["b", "c", "e f"])] == commands("a > b 2>>c d >| 'e f'")
    assert [(["a"], ["1", "b"])] == commands("a 2>&1 >b")


@pytest.mark.parametrize("verb", GIT_WRITES)
def test_every_writing_command_of_git_is_seen(verb: str, ground: Ground) -> None:
    """In any position and behind git's own options."""
    for command in (
        f"git {verb}",
        f"ls && git -C . -c a=b {verb} x",
        f"/usr/bin/git {verb}",
        f"bash -c 'cd x; git {verb}'",
    ):
        assert f"git {verb} is not allowed" in ground.judge("builder", "bash", {"command": command})


def test_a_hostile_command_is_read_in_time(ground: Ground) -> None:
    """The time for reading grows with the length alone."""
    place = Place(str(ground.project.folder), [])
    for text in (
        "<<a\n" * 60_000,
        "'" * 250_000,
        '"' * 250_001,
        "a$(" * 80_000,
        "\\" * 250_001,
        "git -" * 40_000,
        "((" * 100_000,
    ):
        began = time.monotonic()
        check(text, ground.policy(), place)
        assert time.monotonic() - began < 20
