"""The `batch-metrics` program, and the script that becomes it."""

from __future__ import annotations

import sys

import pytest

from batchpack.commands.batch_metrics import BY
from batchpack.metrics import usage
from tests.support.metrics import DOOR
from tests.support.project import ROOT, Project

SCRIPT = [sys.executable, str(ROOT / "hooks" / "batch-metrics.py")]


@pytest.mark.parametrize("words", [[], ["--stats"], ["--help"], ["--run", "nope"], ["--wrong"], ["prune"]], ids=str)
def test_the_script_becomes_the_program(project: Project, words: list[str]) -> None:
    """The script that lies in hosts' folders says and returns what the program does, word for word."""
    program, script = (project.execute([*door, *words]) for door in (DOOR, SCRIPT))

    assert (script.code, script.out, script.err) == (program.code, program.out, program.err)


def test_the_words_and_the_ledgers_are_the_same() -> None:
    """The command's choices are what the ledger is asked by, and the batches of runs."""
    assert tuple(sorted([*usage.BY, "batch"])) == BY


def test_it_is_not_a_word_behind_batchpack(project: Project) -> None:
    """`batchpack batch-metrics` does not exist: the program has its own name."""
    project.run("batch-metrics").assert_failed("No such command", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", ""], "it is empty"),
        (["--run", " "], "it is empty"),
        (["--watch", "nan"], "no number of seconds"),
        (["--watch", "inf"], "not in the range"),
    ],
)
def test_words_that_ask_for_nothing_are_refused(project: Project, words: list[str], said: str) -> None:
    """An empty word does not ask for everything, and no span of time is none or endless."""
    project.execute([*DOOR, *words]).assert_failed(said, code=2)
