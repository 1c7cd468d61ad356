"""The task CLI as a process: the words that prompts quote, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.tasks import auth_system, read, subtask, task_cli, write_feature


@pytest.fixture
def tasks(project: Project) -> Path:
    """Write the seed's feature into a repository and return its tasks folder."""
    project.init_git()
    folder = project.folder / ".tmp" / "tasks"
    auth_system(folder)
    return folder


STATUS = """
[auth-system] Authentication System Implementation
  Status: active | Progress: 30% (3/10)
  Pending: 7 | In Progress: 0 | Completed: 3 | Blocked: 0
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
NEXT = """
=== Ready Tasks (deps satisfied) ===

[auth-system]
  04 - Implement auth service  [sequential]

"""
PARALLEL = """
=== Parallelizable Tasks Ready Now ===

[auth-system] - 4 parallel tasks:
  05 - Add login endpoint
  06 - Add logout endpoint
  07 - Add token refresh
  08 - Add password reset

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
COMPLETED = """
✓ Marked auth-system/04 as completed
  Summary: Wrote the auth service
  Progress: 4/10
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
def test_words_to_the_letter(project: Project, tasks: Path, words: list[str], expected: str) -> None:
    """Each command that looks prints exactly the lines that prompts quote."""
    assert expected == task_cli(project, *words).assert_ok().out


def test_complete_and_parallel(project: Project, tasks: Path) -> None:
    """Completing takes the words after the sequence as summary, writes both files and frees what waited."""
    assert (
        task_cli(project, "complete", "auth-system", "04", "Wrote", "the", "auth service").assert_ok().out == COMPLETED
    )
    assert task_cli(project, "parallel").assert_ok().out == PARALLEL
    written = read(tasks / "auth-system" / "subtask_04.json")
    assert ("completed", "Wrote the auth service") == (written["status"], written["completion_summary"])
    assert read(tasks / "auth-system" / "task.json")["completed_count"] == 4


def test_nothing_there(project: Project) -> None:
    """Without features, status says so and the others print their headings alone."""
    assert task_cli(project, "status").assert_ok().out == "No active features found.\n"
    assert task_cli(project, "next").assert_ok().out == "\n=== Ready Tasks (deps satisfied) ===\n\n"


def test_folder_without_task_file(project: Project, tasks: Path) -> None:
    """A folder without task.json is told in the known words; validate calls it an error."""
    (tasks / "bare").mkdir()
    assert task_cli(project, "status", "bare").assert_ok().out == "\n[bare] - No task.json found\n"
    done = task_cli(project, "validate", "bare")
    assert (1, "\n=== Validation Results ===\n\n[bare]\n  ✗ ERROR: Missing task.json\n\n") == (done.code, done.out)


@pytest.mark.parametrize("words", [[], ["help"], ["-h"], ["--help"]])
def test_help(project: Project, words: list[str]) -> None:
    """Help, also as no word at all, names every command and ends well."""
    out = task_cli(project, *words).assert_ok().out
    assert "Usage: task-cli" in out
    for name in ("status", "next", "parallel", "deps", "blocked", "complete", "validate", "batch-check", "report"):
        assert f"\n  {name} " in out


def test_refusals(project: Project, tasks: Path) -> None:
    """What cannot be done is refused with the known words, exit 1, and nothing is written."""
    before = {file.name: file.read_bytes() for file in (tasks / "auth-system").iterdir()}
    task_cli(project, "complete", "auth-system", "04", "x" * 201).assert_failed(
        "Error: Summary must be max 200 characters"
    )
    done = task_cli(project, "complete", "auth-system", "99", "done").assert_failed()
    assert done.err.splitlines()[0] == "Task 99 not found in auth-system"
    task_cli(project, "complete", "auth-system", "05", "done").assert_failed("waits for 04")
    task_cli(project, "complete", "auth-system", "01", "again").assert_failed("completed already", "Summary of 01")
    task_cli(project, "complete", "auth-system", "04", " ").assert_failed("Summary must not be empty")
    task_cli(project, "complete", "auth-system", "04").assert_failed("Usage: task-cli complete", code=2)
    task_cli(project, "status", "nope").assert_failed("no feature named 'nope'", "known: auth-system")
    assert before == {file.name: file.read_bytes() for file in (tasks / "auth-system").iterdir()}


@pytest.mark.parametrize(
    "name", ["../auth-system", "a/b", "a b", "-rf", "ünï", "a..b", "x.lock", "", "completed", "\n"]
)
def test_bad_feature_names(project: Project, tasks: Path, name: str) -> None:
    """A name that could leave the folder or pass for an option is refused as usage, by readers and by writers."""
    task_cli(project, "status", name).assert_failed(code=2)
    task_cli(project, "complete", name, "01", "done").assert_failed(code=2)
    task_cli(project, "init", name, "--name", "X").assert_failed(code=2)


def test_force(project: Project, tasks: Path) -> None:
    """With --force a subtask is completed although others are open, and a summary is replaced."""
    task_cli(project, "complete", "auth-system", "05", "early", "--force").assert_ok()
    task_cli(project, "complete", "auth-system", "05", "late", "--force").assert_ok()
    assert read(tasks / "auth-system" / "subtask_05.json")["completion_summary"] == "late"


def test_summary_with_dashes(project: Project, tasks: Path) -> None:
    """A summary may hold words that look like options."""
    task_cli(project, "complete", "auth-system", "04", "--fast", "-x", "mode").assert_ok()
    assert read(tasks / "auth-system" / "subtask_04.json")["completion_summary"] == "--fast -x mode"


def test_start_block_unblock(project: Project, tasks: Path) -> None:
    """A subtask goes from hand to hand; of two starts the second is refused, and a blocked one is not completed."""
    file = tasks / "auth-system" / "subtask_04.json"
    task_cli(project, "start", "auth-system", "04", "--agent", "coder-1").assert_ok()
    assert (read(file)["status"], read(file)["agent_id"]) == ("in_progress", "coder-1")
    task_cli(project, "start", "auth-system", "04", "--agent", "coder-2").assert_failed("started by coder-1")
    task_cli(project, "block", "auth-system", "04", "no", "database").assert_ok()
    assert "  04 - Implement auth service (explicitly blocked)\n       reason: no database\n" in (
        task_cli(project, "blocked").out
    )
    task_cli(project, "complete", "auth-system", "04", "done").assert_failed("is blocked: no database", "unblock")
    task_cli(project, "unblock", "auth-system", "04").assert_ok()
    assert read(file) == subtask(
        "auth-system", "04", title="Implement auth service", depends_on=["01", "02", "03"],
        deliverables=["src/auth/service.ts"],
    )  # fmt: skip


def test_last_one_and_archive(project: Project) -> None:
    """Completing the last subtask tells how to archive; only a completed feature is archived without force."""
    project.init_git()
    tasks = project.folder / ".tmp" / "tasks"
    write_feature(tasks, "small", subtask("small", "01"))
    task_cli(project, "archive", "small").assert_failed("open subtasks: 01")
    out = task_cli(project, "complete", "small", "01", "done").assert_ok().out
    assert out.endswith("  All subtasks are completed; archive the feature with: task-cli archive small\n")
    task_cli(project, "archive", "small").assert_ok()
    assert read(tasks / "completed" / "small" / "task.json")["status"] == "completed"
    assert task_cli(project, "status").out == "No active features found.\n"
    task_cli(project, "status", "small").assert_failed("it is archived")


BATCH_CHECK = """
=== Batch Check: auth-system (01, 02, 03) ===

  ✗ 01 and 02: src/ and src/db/schema.ts overlap
  ✗ 01 and 02: src/ and src/db/client.ts overlap
  ✗ 01 and 03: package.json and node_modules/ (verified) may rewrite the same npm lock file
  ⚠ 01 is completed
  ⚠ 02 is completed
  ⚠ 03 is completed

  Suggested split (the fewest safe batches):
    Batch 1: 02, 03
    Batch 2: 01

"""


def test_batch_check(project: Project, tasks: Path) -> None:
    """An unsafe batch ends with 1, each reason naming both tasks, and a split; a safe one ends with 0."""
    done = task_cli(project, "batch-check", "auth-system", "01", "02", "03")
    assert (1, BATCH_CHECK) == (done.code, done.out)
    safe = task_cli(project, "batch-check", "auth-system", "05", "06", "07").assert_ok()
    assert "  ✓ Safe to run in parallel: 05, 06, 07\n" in safe.out
    task_cli(project, "batch-check", "auth-system", "05", "77").assert_failed("Task 77 not found in auth-system")


BATCHES = """
=== Batches: mixed ===

Batch 1 (2 in parallel):
  ○ 01 - Setup database
  ○ 02 - Configure auth
Batch 2:
  ○ 03 - Setup logging
Batch 3:
  ○ 04 - Implement API

Batches: 3 (the fewest safe batches)
Critical path: 01 -> 04 (2 tasks)
Widest batch: 2 tasks

"""


def test_batches(project: Project) -> None:
    """Mixed parallel and sequential subtasks make the batches of the well-known scenario."""
    write_feature(
        project.folder / ".tmp" / "tasks", "mixed",
        subtask("mixed", "01", title="Setup database", parallel=True, deliverables=["src/db/"]),
        subtask("mixed", "02", title="Configure auth", parallel=True, deliverables=["src/auth.ts"]),
        subtask("mixed", "03", title="Setup logging", deliverables=["src/log.ts"]),
        subtask("mixed", "04", title="Implement API", depends_on=["01", "02", "03"], deliverables=["src/api.ts"]),
    )  # fmt: skip
    assert task_cli(project, "batches", "mixed").assert_ok().out == BATCHES


REPORT = """## Batch 1 Execution Complete

Feature: auth-system
Batch: 1
Subtasks: 01, 02, 03
Status: ✅ ALL COMPLETED

### Individual Results:

✅ Subtask 01 - Setup project structure
   - Status: completed
   - Deliverables: package.json, tsconfig.json, src/
   - Summary: Summary of 01

✅ Subtask 02 - Configure database
   - Status: completed
   - Deliverables: src/db/schema.ts, src/db/client.ts
   - Summary: Summary of 02

✅ Subtask 03 - Install dependencies
   - Status: completed
   - Deliverables: node_modules/ (verified)
   - Summary: Summary of 03

### Batch Statistics:
- Total tasks: 3
- Completed: 3
- Failed: 0
- Success rate: 100%

### Next Steps:
Batch 1 complete. Ready to proceed to Batch 2 (subtask 04).
Batch 2 depends on: 01, 02, 03 (all now satisfied).
"""
FAILED = """## Batch 1 Execution FAILED

Feature: auth-system
Status: ❌ PARTIAL FAILURE

✅ Subtask 01 - Completed
❌ Subtask 02 - FAILED: marked completed, but missing: src/db/client.ts
✅ Subtask 03 - Completed

Recommendation: Fix subtask 02 before proceeding to Batch 2.
"""


def test_report(project: Project, tasks: Path) -> None:
    """A batch whose deliverables exist is reported in the known form; one without them is a failure."""
    project.write({"package.json": "", "tsconfig.json": "", "src/db/schema.ts": "", "node_modules/a/b.js": ""})
    done = task_cli(project, "report", "auth-system", "01", "02", "03")
    assert (1, FAILED) == (done.code, done.out)
    project.write({"src/db/client.ts": ""})
    assert task_cli(project, "report", "auth-system", "01", "02", "03").assert_ok().out == REPORT
    late = task_cli(project, "report", "auth-system", "04", "--batch", "2")
    assert (1, True) == (late.code, "❌ Subtask 04 - FAILED: not completed, still pending" in late.out)


def test_report_without_looking(project: Project, tasks: Path) -> None:
    """With --no-verify the report goes by the status alone."""
    assert task_cli(project, "report", "auth-system", "01", "02", "03", "--no-verify").assert_ok().out == REPORT


def test_malformed_file(project: Project, tasks: Path) -> None:
    """A malformed file is told with line and column; the rest is shown, and the exit code is 1."""
    file = tasks / "auth-system" / "subtask_04.json"
    file.write_text('{\n  "id": "x",\n  "seq": \n}')
    done = task_cli(project, "status", "auth-system").assert_failed(f"Error: {file}:4:1: not valid JSON")
    assert "  Status: active | Progress: 30% (3/10)\n  Pending: 6 |" in done.out
    assert "05 - Add login endpoint" in done.out
    checked = task_cli(project, "validate", "auth-system")
    assert (1, True) == (checked.code, "  ✗ ERROR: subtask_04.json:4:1: not valid JSON" in checked.out)
    other = task_cli(project, "complete", "auth-system", "05", "x", "--force").assert_ok()
    assert f"Warning: {file}:4:1" in other.err


@pytest.mark.parametrize(
    "words",
    [
        ["status"], ["status", "auth-system"], ["next"], ["parallel"], ["deps", "auth-system", "09"], ["blocked"],
        ["validate"], ["context", "auth-system"], ["batches", "auth-system"], ["complete", "auth-system", "04", "ok"],
        ["start", "auth-system", "04"], ["block", "auth-system", "04", "why"], ["init", "new", "--name", "New"],
        ["add", "auth-system", "More"], ["batch-check", "auth-system", "05", "06"],
        ["report", "auth-system", "01", "--no-verify"], ["archive", "auth-system", "--force"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_json(project: Project, tasks: Path, words: list[str]) -> None:
    """Every command has --json with the version of its shape."""
    facts = task_cli(project, *words, "--json").json()
    assert (1, []) == (facts["schema"], facts["problems"])
    assert len(facts) > 2


def test_json_of_status(project: Project, tasks: Path) -> None:
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


def test_root_and_variable(project: Project, tasks: Path, tmp_path: Path) -> None:
    """--root names the project's folder and wins over the variable, which names the folder of features."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert task_cli(project, "status", cwd=elsewhere).out == "No active features found.\n"
    assert task_cli(project, "status", "--root", str(project.folder), cwd=elsewhere).out == STATUS
    named = {"BATCHPACK_TASKS_DIR": str(tasks)}
    assert task_cli(project, "status", cwd=elsewhere, env=named).out == STATUS
    assert task_cli(project, "status", "--root", str(elsewhere), env=named).out == "No active features found.\n"
    task_cli(project, "status", "--root", str(elsewhere / "no")).assert_failed("is not a folder")
