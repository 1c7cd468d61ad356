"""Features of tasks for tests: made on disk as other programs and hands write them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Outcome, Project

TASK_CLI = str(Path(sys.executable).parent / "task-cli")
SEED = (
    ("Setup project structure", ["package.json", "tsconfig.json", "src/"]),
    ("Configure database", ["src/db/schema.ts", "src/db/client.ts"]),
    ("Install dependencies", ["node_modules/ (verified)"]),
    ("Implement auth service", ["src/auth/service.ts"]),
    ("Add login endpoint", ["src/auth/login.ts"]),
    ("Add logout endpoint", ["src/auth/logout.ts"]),
    ("Add token refresh", ["src/auth/refresh.ts"]),
    ("Add password reset", ["src/auth/reset.ts"]),
    ("Write integration tests", ["tests/auth.test.ts"]),
    ("Write documentation", ["docs/auth.md"]),
)
"""The feature that everybody quotes: auth-system, ten subtasks."""


STATUS = """
[auth-system] Authentication System Implementation
  Status: active | Progress: 30% (3/10)
  Pending: 7 | In Progress: 0 | Completed: 3 | Blocked: 0
"""
"""What `status` says of it after its first batch."""


def subtask(feature: str, seq: str, **fields: Any) -> dict[str, Any]:
    """Return a subtask's JSON with every field, some of them given."""
    made: dict[str, Any] = {
        "id": f"{feature}-{seq}", "seq": seq, "title": f"Task {seq}", "status": "pending", "depends_on": [],
        "parallel": False, "context_files": [], "acceptance_criteria": ["it works"], "deliverables": [f"src/{seq}.ts"],
        "agent_id": None, "started_at": None, "completed_at": None, "completion_summary": None,
    }  # fmt: skip
    return {**made, **fields}


def write_feature(tasks: Path, feature: str, *subtasks: dict[str, Any], **fields: Any) -> Path:
    """Write a feature's files into a tasks folder, its counts right unless given; returns its folder."""
    folder = tasks / feature
    folder.mkdir(parents=True)
    task: dict[str, Any] = {
        "id": feature, "name": feature.title(), "status": "active", "objective": "It works.", "context_files": [],
        "exit_criteria": [], "subtask_count": len(subtasks),
        "completed_count": sum(each["status"] == "completed" for each in subtasks),
        "created_at": "2026-02-03T10:00:00.000Z", "completed_at": None,
    }  # fmt: skip
    (folder / "task.json").write_text(json.dumps({**task, **fields}, indent=2))
    for each in subtasks:
        (folder / f"subtask_{each['seq']}.json").write_text(json.dumps(each, indent=2))
    return folder


def auth_system(tasks: Path) -> Path:
    """Write the seed's feature as it stands after its first batch."""
    made = []
    for number, (title, deliverables) in enumerate(SEED, 1):
        seq = f"{number:02d}"
        done = number <= 3
        needs = [] if done else ["01", "02", "03"] if number == 4 else ["04"] if number < 9 else ["05", "06"]
        made.append(
            subtask(
                "auth-system", seq, title=title, deliverables=deliverables, depends_on=needs,
                parallel=number not in {4, 10}, status="completed" if done else "pending",
                completion_summary=f"Summary of {seq}" if done else None,
            )
        )  # fmt: skip
    return write_feature(tasks, "auth-system", *made, name="Authentication System Implementation")


def task_cli(project: Project, *words: str, **options: Any) -> Outcome:
    """Run `task-cli <words>` as a process of its own."""
    return project.execute([TASK_CLI, *words], **options)


def read(file: Path) -> dict[str, Any]:
    """Return a file's JSON object."""
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def without_privileges() -> list[str]:
    """Return what to write before a command so that the modes of files count, also for root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root needs setpriv to be bound by the modes of files")
    dropped = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", dropped, "--inh-caps", dropped]
