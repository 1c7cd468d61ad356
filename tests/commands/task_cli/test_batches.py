"""The commands on batches: check, plan and report, to the letter."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.project import Project
from tests.support.tasks import subtask, task_cli, write_feature

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


def test_batch_check(project: Project, auth: Path) -> None:
    """An unsafe batch ends with 1, each reason naming both tasks, and a split; a safe one ends with 0."""
    done = task_cli(project, "batch-check", "auth-system", "01", "02", "03")
    assert (1, BATCH_CHECK) == (done.code, done.out)
    safe = task_cli(project, "batch-check", "auth-system", "05", "06", "07").assert_ok()
    assert "  ✓ Safe to run in parallel: 05, 06, 07\n" in safe.out
    task_cli(project, "batch-check", "auth-system", "05", "77").assert_failed("Task 77 not found in auth-system")


DELEGATE = """
=== Batch Check: mixed (01, 02) ===

  ✓ Safe to run in parallel: 01, 02

  Delegate:
    01 to CoderAgent: .tmp/tasks/mixed/subtask_01.json
    02 to Frontend Specialist: .tmp/tasks/mixed/subtask_02.json

"""


def test_batch_check_says_who_gets_what(project: Project) -> None:
    """A safe batch names each subtask's agent, the usual one unless it suggests another, and a path to its file."""
    write_feature(
        project.folder / ".tmp" / "tasks", "mixed",
        subtask("mixed", "01", parallel=True, suggested_agent=None),
        subtask("mixed", "02", parallel=True, suggested_agent="Frontend\nSpecialist"),
        subtask("mixed", "03", parallel=True, deliverables=["src/02.ts"]),
    )  # fmt: skip
    project.write({"sub/a.txt": ""}).init_git()

    assert DELEGATE == task_cli(project, "batch-check", "mixed", "1", "02").assert_ok().out
    facts = task_cli(project, "batch-check", "mixed", "01", "--json").json()
    assert [{"seq": "01", "agent": "CoderAgent", "file": ".tmp/tasks/mixed/subtask_01.json"}] == facts["delegate"]
    below = task_cli(project, "batch-check", "mixed", "01", cwd=project.folder / "sub").assert_ok().out
    assert f"    01 to CoderAgent: {project.folder}/.tmp/tasks/mixed/subtask_01.json\n" in below
    assert "Delegate" not in task_cli(project, "batch-check", "mixed", "02", "03").out


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


def test_report(project: Project, auth: Path) -> None:
    """A batch whose deliverables exist is reported in the known form; one without them is a failure."""
    project.write({"package.json": "", "tsconfig.json": "", "src/db/schema.ts": "", "node_modules/a/b.js": ""})
    done = task_cli(project, "report", "auth-system", "01", "02", "03")
    assert (1, FAILED) == (done.code, done.out)
    project.write({"src/db/client.ts": ""})
    assert task_cli(project, "report", "auth-system", "01", "02", "03").assert_ok().out == REPORT
    late = task_cli(project, "report", "auth-system", "04", "--batch", "2")
    assert (1, True) == (late.code, "❌ Subtask 04 - FAILED: not completed, still pending" in late.out)


def test_report_without_looking(project: Project, auth: Path) -> None:
    """With --no-verify the report goes by the status alone."""
    assert task_cli(project, "report", "auth-system", "01", "02", "03", "--no-verify").assert_ok().out == REPORT


def test_report_tells_what_is_no_evidence(project: Project) -> None:
    """A deliverable that is older than the start is noted, commits since then are counted; neither is a failure."""
    project.write({"src/01.ts": "old\n", "src/02.ts": "old\n"}).init_git()
    write_feature(
        project.folder / ".tmp" / "tasks", "f", *(subtask("f", seq, parallel=True) for seq in ("01", "02", "03"))
    )
    for seq in ("01", "02"):
        os.utime(project.folder / f"src/{seq}.ts", (1, 1))
        task_cli(project, "start", "f", seq).assert_ok()
        task_cli(project, "complete", "f", seq, "done").assert_ok()
    project.execute(["git", "commit", "-q", "--amend", "-m", "x"], env={"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"})
    project.write({"src/02.ts": "new\n"}).git("commit", "-qam", "second")

    done = task_cli(project, "report", "f", "01", "02").assert_ok().out
    assert "   - Summary: done\n   - Note: not changed since it was started: src/01.ts\n" in done
    assert "   - Summary: done\n   - Commits since it was started: 1\n" in done
    failed = task_cli(project, "report", "f", "01", "03").out
    assert "✅ Subtask 01 - Completed\n   - Note: not changed since it was started: src/01.ts\n❌" in failed
    tasks = task_cli(project, "report", "f", "01", "02", "--json").json()["tasks"]
    assert [(["src/01.ts"], 0), ([], 1)] == [(task["unchanged"], task["commits"]) for task in tasks]
