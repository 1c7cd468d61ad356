"""The commands that look: the words that prompts quote, JSON, broken files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.tasks import STATUS, subtask, task_cli, write_feature

NEXT = """
=== Ready Tasks (deps satisfied) ===

[auth-system]
  04 - Implement auth service  [sequential]

"""


DEPS = """
=== Dependency Tree: auth-system/09 ===

09 - Write integration tests [pending]
  ├── ○ 05 - Add login endpoint [pending]
  │   └── ○ 04 - Implement auth service [pending]
  │       ├── ✓ 01 - Setup project structure [completed]
  │       ├── ✓ 02 - Configure database [completed]
  │       └── ✓ 03 - Install dependencies [completed]
  └── ○ 06 - Add logout endpoint [pending]
      └── ○ 04 - Implement auth service [pending]
          ├── ✓ 01 - Setup project structure [completed]
          ├── ✓ 02 - Configure database [completed]
          └── ✓ 03 - Install dependencies [completed]
"""


NO_DEPS = """
=== Dependency Tree: auth-system/01 ===

01 - Setup project structure [completed]
  └── (no dependencies)
"""


BLOCKED = """
=== Blocked Tasks ===

[auth-system]
  05 - Add login endpoint (waiting: 04)
  06 - Add logout endpoint (waiting: 04)
  07 - Add token refresh (waiting: 04)
  08 - Add password reset (waiting: 04)
  09 - Write integration tests (waiting: 05, 06)
  10 - Write documentation (waiting: 05, 06)

"""


VALID = """
=== Validation Results ===

[auth-system]
  ✓ All checks passed

"""


LISTED = """
  Subtasks:
  ✓ 01 - Setup project structure [completed]
  ✓ 02 - Configure database [completed]
  ✓ 03 - Install dependencies [completed]
  ○ 04 - Implement auth service [pending]
  ○ 05 - Add login endpoint [pending]
  ○ 06 - Add logout endpoint [pending]
  ○ 07 - Add token refresh [pending]
  ○ 08 - Add password reset [pending]
  ○ 09 - Write integration tests [pending]
  ○ 10 - Write documentation [pending]
"""


PARALLEL = """
=== Parallelizable Tasks Ready Now ===

[auth-system] - 4 parallel tasks:
  05 - Add login endpoint
  06 - Add logout endpoint
  07 - Add token refresh
  08 - Add password reset

"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["status"], STATUS),
        (["status", "auth-system"], STATUS + LISTED),
        (["next"], NEXT),
        (["next", "auth-system"], NEXT),
        (["deps", "auth-system", "09"], DEPS),
        (["deps", "auth-system", "1"], NO_DEPS),
        (["blocked"], BLOCKED),
        (["validate"], VALID),
    ],
)  # fmt: skip
def test_words_to_the_letter(project: Project, auth: Path, words: list[str], expected: str) -> None:
    """Each command that looks prints exactly the lines that prompts quote."""
    assert expected == task_cli(project, *words).assert_ok().out


def test_parallel_words(project: Project, auth: Path) -> None:
    """Once what they wait for is completed, the parallel subtasks are listed with their number."""
    assert task_cli(project, "parallel").assert_ok().out == PARALLEL.split("[", maxsplit=1)[0]
    task_cli(project, "complete", "auth-system", "04", "done").assert_ok()
    assert task_cli(project, "parallel").assert_ok().out == PARALLEL


def test_letters_that_cannot_be_shown(project: Project, auth: Path) -> None:
    """A terminal without UTF-8 gets escapes, and half a surrogate pair in a title breaks nothing."""
    file = auth / "auth-system" / "subtask_01.json"
    file.write_text(file.read_text().replace("Setup project", "\\ud800 project"))
    for words in (["status", "auth-system"], ["status", "auth-system", "--json"]):
        plain = task_cli(project, *words).assert_ok().out
        narrow = task_cli(project, *words, env={"PYTHONIOENCODING": "ascii"}).assert_ok().out
        assert ("project structure" in plain, narrow.isascii()) == (True, True)


def test_nothing_there(project: Project) -> None:
    """Without features, status says so and the others print their headings alone."""
    assert task_cli(project, "status").assert_ok().out == "No active features found.\n"
    assert task_cli(project, "next").assert_ok().out == "\n=== Ready Tasks (deps satisfied) ===\n\n"


def test_folder_without_task_file(project: Project, auth: Path) -> None:
    """A folder without task.json is told in the known words; validate calls it an error."""
    (auth / "bare").mkdir()
    assert task_cli(project, "status", "bare").assert_ok().out == "\n[bare] - No task.json found\n"
    done = task_cli(project, "validate", "bare")
    assert (1, "\n=== Validation Results ===\n\n[bare]\n  ✗ ERROR: Missing task.json\n\n") == (done.code, done.out)


def test_json_of_status(project: Project, auth: Path) -> None:
    """The JSON of status holds the counts and each subtask with what it waits for."""
    feature = task_cli(project, "status", "auth-system", "--json").json()["features"][0]
    assert (30, 3, 10) == (feature["progress"], feature["completed"], feature["total"])
    assert (["04"], "pending") == (feature["subtasks"][4]["waiting"], feature["subtasks"][4]["status"])


def test_watch(project: Project) -> None:
    """Watching prints each change and ends when nothing is open, with 1 while something is blocked."""
    write_feature(project.folder / ".tmp" / "tasks", "f", subtask("f", "01", status="completed"))
    assert task_cli(project, "watch", "f").assert_ok().out.endswith(" ✓ 01 - Task 01 [completed]\n")
    line = json.loads(task_cli(project, "watch", "f", "--json").assert_ok().out)
    assert (1, "01") == (line["schema"], line["task"]["seq"])
    task_cli(project, "add", "f", "More").assert_ok()
    task_cli(project, "watch", "f", "--timeout", "0").assert_failed("open subtasks")
    task_cli(project, "block", "f", "02", "no").assert_ok()
    assert task_cli(project, "watch", "f").code == 1


CONTEXT = """
=== Context: f ===

Context files:
  docs/style.md  (5 B)
  docs/none.md  (missing; for 01)
Reference files:
  ../secret  (outside the project; for 01)

3 files, 5 B
"""


def test_context(project: Project) -> None:
    """The files to read are listed once, with sizes, and not beyond the limit or the project."""
    project.write({"docs/style.md": "12345"})
    write_feature(
        project.folder / ".tmp" / "tasks", "f",
        subtask("f", "01", context_files=["docs/style.md", {"path": "docs/none.md", "lines": "1-5"}],
                reference_files=["../secret"]),
        context_files=["docs/style.md"],
    )  # fmt: skip
    assert task_cli(project, "context", "f").assert_ok().out == CONTEXT
    assert "… and 2 more" in task_cli(project, "context", "f", "--limit", "1").assert_ok().out
