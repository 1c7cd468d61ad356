"""Reading what a command printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.demo.printed import Call, read
from batchpack.errors import BatchpackError

TEXT = """Make 2 calls together in one message and wait for all of them:

task {"subagent_type":"a","prompt":"Follow .batchpack/ab12/a.md"}
task {"subagent_type":"b","prompt":"Follow /absolute/b.md"}

Then run:
    '/my tools/batchpack' batch finish ab12 1
"""


def test_calls_and_the_next_command_are_found() -> None:
    """Each call names an agent and its prompt; the command is split as a shell would."""
    printed = read(TEXT, Path("/p"))

    assert (Call("a", Path("/p/.batchpack/ab12/a.md")), Call("b", Path("/absolute/b.md"))) == printed.calls
    assert ("/my tools/batchpack", "batch", "finish", "ab12", "1") == printed.command


def test_a_text_that_asks_for_nothing_ends_the_run() -> None:
    """Without calls and command there is nothing to do."""
    printed = read("All done: SYNTHESIS.md\n", Path("/p"))

    assert ((), ()) == (printed.calls, printed.command)


@pytest.mark.parametrize("call", ["task not json", 'task {"prompt": "do it"}', 'task {"a": "x.md", "b": "y.md"}'])
def test_a_call_that_is_not_understood_is_an_error(call: str) -> None:
    """A call without exactly one prompt is not guessed at."""
    with pytest.raises(BatchpackError, match="cannot follow"):
        read(TEXT.replace('task {"subagent_type":"a","prompt":"Follow .batchpack/ab12/a.md"}', call), Path("/p"))
