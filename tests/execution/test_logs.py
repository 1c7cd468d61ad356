"""What is kept of an attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.execution import logs
from batchpack.execution.journal import Draft
from batchpack.execution.store import WorkRun
from tests.execution.ground import make_run, task, write


@pytest.fixture
def run(tmp_path: Path) -> WorkRun:
    """Return a run whose task a failed once and runs again."""
    made = make_run(tmp_path, [task("a"), task("b")])
    facts = {"verdict": "failed", "reason": "red", "feedback": "mend \x1b[31mthis"}
    write(made, Draft("attempt_started", "a", 1), Draft("judged", "a", 1, facts), Draft("attempt_started", "a", 2))
    for number in (1, 2):
        folder = made.folder / "attempts" / f"a-{number}"
        folder.mkdir(parents=True)
        (folder / "out").write_text(f"words of {number}\n")
    return made


def test_the_last_attempt_is_shown(run: WorkRun) -> None:
    """Its state, where its files are, and what it wrote."""
    text = "\n".join(logs.lines(logs.find(run, "a", None)))

    assert text.startswith("a, attempt 2 of 2: running")
    assert "words of 2" in text


def test_an_earlier_attempt_with_its_verdict(run: WorkRun) -> None:
    """The reason and what the next attempt was told stand there, without codes for the terminal."""
    text = "\n".join(logs.lines(logs.find(run, "a", 1)))

    assert text.startswith("a, attempt 1 of 2: failed. red")
    assert "mend" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("name", "attempt", "said"), [("zz", None, "no task named 'zz'"), ("b", None, "not begun"), ("a", 7, "1 to 2")]
)
def test_what_is_not_there_is_told(run: WorkRun, name: str, attempt: int | None, said: str) -> None:
    """An unknown task, one that was not begun, an attempt that never was."""
    with pytest.raises(BatchpackError) as error:
        logs.find(run, name, attempt)

    assert said in error.value.message


def test_following_ends_when_nobody_drives_the_run(run: WorkRun) -> None:
    """What is there is printed; a run without a driver is not waited for."""
    said: list[str] = []
    log = logs.find(run, "a", None)
    logs.follow(run, log, said.append)

    assert [] == said
