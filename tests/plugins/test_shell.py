"""The executor of plain commands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batchpack import manager
from batchpack.errors import BatchpackError
from batchpack.executor import Executor, Launch, Order

ORDER = Order("L1-001", 2, Path("/run/prompts/L1-001-2.md"), Path("/tree"), command="make 'a b' | tee log")


@pytest.fixture
def shell() -> Executor:
    """Return the executor as the plugin manager has it."""
    return manager.load().executors["shell"]


def test_the_line_is_one_word_for_the_shell(shell: Executor) -> None:
    """The command goes to sh as it was written; the rest is told in variables, and nothing is read."""
    told = {"BATCHPACK_TASK": "L1-001", "BATCHPACK_ATTEMPT": "2"}

    assert Launch(("/bin/sh", "-c", "make 'a b' | tee log"), told, None) == shell.launch(ORDER)
    assert ("", False) == (shell.missing(), shell.AGENT)


def test_what_went_wrong_before_is_told(shell: Executor, tmp_path: Path) -> None:
    """A command that is tried again finds what went wrong before: the file stands in a variable."""
    (tmp_path / "p.md").write_text("Do it.")

    assert str(tmp_path / "p.md") == shell.launch(replace(ORDER, prompt=tmp_path / "p.md")).env["BATCHPACK_PROMPT"]


def test_a_task_without_a_command_is_refused(shell: Executor) -> None:
    """A task that is told by a prompt needs an agent: the error says so."""
    with pytest.raises(BatchpackError, match="L1-001 has no command"):
        shell.launch(replace(ORDER, command=" \n"))


def test_the_end_of_the_output_is_the_answer(shell: Executor, tmp_path: Path) -> None:
    """However much was printed, the end is kept; broken letters and a missing file are no reason to fail."""
    (tmp_path / "out").write_bytes(b"x" * 300_000 + b"\xff end")
    found = shell.read(ORDER, tmp_path / "out", tmp_path / "err", 0)

    assert found.text.endswith("\N{REPLACEMENT CHARACTER} end")
    assert len(found.text) <= 200_000
    assert (None, "", None) == (found.usage, found.session, found.pause)
    assert "" == shell.read(ORDER, tmp_path / "none", tmp_path / "err", 1).text
