"""What a run handed over, by files and as it would be inline."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import places
from batchpack.errors import BrokenFile
from batchpack.metrics import handed
from batchpack.runs import budget
from batchpack.runs.store import Run
from tests.metrics.conftest import FIRST, REQUEST, SECOND, THIRD


def test_every_byte_is_counted_once_on_each_side(handed_over: Run) -> None:
    """Inline every agent has the request and all reports before it; by files its prompt and what it builds on."""
    found = handed.read(handed_over.folder)
    request = len(REQUEST)
    needs = handed_over.plan.depends_on["test-automator"]
    prompts = {name: handed_over.prompt(name).stat().st_size for name in handed_over.facts.roles}

    assert {"backend-go", "frontend-react"} == set(needs)
    assert (4, 0) == (found.attempts, found.unknown)
    assert 4 * request + len(FIRST) + len(FIRST) + len(SECOND) == found.inline.agents
    assert request + len(FIRST) + len(SECOND) + len(THIRD) == found.inline.session
    read = prompts["backend-go"] + 2 * prompts["frontend-react"] + prompts["test-automator"]
    assert read + len(FIRST) + len(SECOND) == found.by_files.agents
    lines = sum(len(f"{name} DONE") for name in handed_over.facts.roles)
    skill = sum((places.pack_root() / name).stat().st_size for name in handed.SKILL)
    printed = budget.spent(handed_over) + handed_over.synthesis.stat().st_size
    assert request + skill + printed + lines == found.by_files.session


def test_an_attempt_whose_prompt_is_gone_is_on_neither_side(handed_over: Run) -> None:
    """It is counted as unknown, and neither its reading nor its report is."""
    before = handed.read(handed_over.folder)
    handed_over.prompt("test-automator").unlink()

    after = handed.read(handed_over.folder)

    assert (3, 1) == (after.attempts, after.unknown)
    assert len(THIRD) == before.inline.session - after.inline.session
    assert len(REQUEST) + len(FIRST) + len(SECOND) == before.inline.agents - after.inline.agents
    assert len("test-automator DONE") == before.by_files.session - after.by_files.session


@pytest.mark.parametrize("size", ['"many"', "-5", "true", "null"])
def test_a_size_that_is_none_is_told(handed_over: Run, size: str) -> None:
    """A journal that says nonsense is broken, never a sum."""
    text = handed_over.journal.read_text()
    handed_over.journal.write_text(text.replace(f'"bytes":{len(FIRST)}', f'"bytes":{size}'))

    assert text != handed_over.journal.read_text()
    with pytest.raises(BrokenFile):
        handed.read(Path(handed_over.folder))
