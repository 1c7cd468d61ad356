"""The prompt of an attempt: complete in itself, and texts of others cannot break out of their place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.attempts.prompt import TEMPLATE, Earlier, Told, render, write
from batchpack.attempts.result import Claim, read
from batchpack.errors import BrokenFile
from batchpack.workplan.values import WorkTask
from tests.support.project import ROOT

TASK = WorkTask(
    "L1-001", "Create enums", prompt="Write the enums.\nAll of them.", deliverables=("app/enums.py",),
    scope=("app/", "tests/test_enums.py"), verify=("pytest -q tests", "ruff check ."),
)  # fmt: skip
TOLD = Told(TASK, 1, Path("/trees/L1-001"), branch="batchpack/r/L1-001")


def text(told: Told = TOLD) -> str:
    """Return the prompt with the pack's template."""
    return render(told, [ROOT])


def test_it_says_all_that_is_needed() -> None:
    """Folder, branch, task, files, scope, verification and the form of the report stand in one file."""
    found = text()

    for part in (
        "Task `L1-001`, attempt 1 of 5: Create enums", "Folder to work in: /trees/L1-001", "`batchpack/r/L1-001`",
        "Write the enums.\nAll of them.", "- `app/`", "- `tests/test_enums.py`", "    pytest -q tests\n", "RESULT:\n",
    ):  # fmt: skip
        assert part in found
    assert "went wrong before" not in found


def test_the_example_of_a_result_is_one() -> None:
    """The JSON that an agent is shown is taken by the reader of results."""
    found = read(text().partition("for example:")[2].partition("- `status`")[0], "L1-001")

    assert isinstance(found, Claim)
    assert ("verified", ("path/of/a/new/file", "path/of/a/file")) == (found.status, found.files)


def test_a_retry_is_told_what_failed() -> None:
    """Every earlier attempt with its reason and evidence, the last one's words, a repetition and a fresh start."""
    told = replace(
        TOLD, attempt=4, fresh=True, repeated=True, feedback="- 1 failed\n\nassert 1 == 2",
        earlier=[Earlier(1, "no RESULT"), Earlier(3, "1 failed", Path("/run/evidence/L1-001-3"))],
    )  # fmt: skip
    found = text(told)

    for part in (
        "attempt 4 of 5", "- Attempt 1: no RESULT\n", "- Attempt 3: 1 failed (all of it: /run/evidence/L1-001-3)\n",
        "assert 1 == 2", "failed in the same way", "Another agent made these attempts",
    ):  # fmt: skip
        assert part in found


@pytest.mark.parametrize(("granted", "words"), [(True, "change it and ask for it"), (False, "leave that path alone")])
def test_a_wider_scope_is_asked_for_as_the_run_allows(granted: bool, words: str) -> None:
    """Where wider scopes are granted an agent may use them at once, elsewhere it must leave the path alone."""
    assert words in text(replace(TOLD, expansion=granted))


def test_without_a_branch_nothing_is_to_be_committed() -> None:
    """In the project itself an agent is told to leave git alone; without a scope no paths are listed."""
    found = text(Told(WorkTask("a", "A", prompt="x"), 1, Path("/project")))

    assert "Do not commit" in found
    assert "Branch:" not in found
    assert "scope_expansion" not in found


@given(st.text(), st.text(), st.text())
def test_texts_of_others_stay_in_their_place(prompt: str, title: str, feedback: str) -> None:
    """Whatever stands in a task or in output, the mark around it keeps them apart and nothing is rendered."""
    task = replace(TASK, prompt=f"{prompt}{{{{ 1/0 }}}}{{% raw %}}", title=title)
    found = text(replace(TOLD, task=task, earlier=[Earlier(1, feedback)], feedback=f"x{feedback}"))
    marks = {line for line in found.splitlines() if line.startswith(("=== TASK ", "=== OUTPUT "))}
    for mark in marks:
        assert found.count(mark) in {3, prompt.count(mark) + 3}
    assert "{{ 1/0 }}{% raw %}" in found
    assert found.splitlines()[0].startswith("# Task `L1-001`")


def test_a_user_can_replace_it(tmp_path: Path) -> None:
    """The template of the last content folder that has one is taken; none at all is told."""
    own = tmp_path / TEMPLATE
    own.parent.mkdir(parents=True)
    own.write_text("Do {{ task }}!\n")
    write(tmp_path / "p.md", TOLD, [ROOT, tmp_path])

    assert "Do L1-001!\n" == (tmp_path / "p.md").read_text()
    with pytest.raises(BrokenFile, match="no content folder"):
        render(TOLD, [])
