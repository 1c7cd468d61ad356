"""The pydantic models of both task files, for new ones and for `validate`; imported late, since pydantic is slow.

Fields that the model does not name are kept. What projects hold in the wild may miss any list, so only the fields that
something is decided by are required; `validate --strict` asks for all.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Open(BaseModel):
    """A model that takes no value for another type and keeps unknown keys."""

    model_config = ConfigDict(extra="allow", strict=True)


class FileLines(_Open):
    """A context file of which only some lines matter."""

    path: str


Files = list[str | FileLines]


class TaskFile(_Open):
    """task.json: a feature. Times are UTC ISO 8601 with milliseconds and Z."""

    id: str
    name: str
    status: Literal["active", "completed", "blocked", "archived"]
    objective: str
    context_files: Files = []
    reference_files: Files | None = None
    exit_criteria: list[str] = []
    subtask_count: int = Field(ge=0)
    completed_count: int = Field(ge=0)
    created_at: str
    completed_at: str | None = None


class SubtaskFile(_Open):
    """subtask_NN.json: a piece of work for one agent."""

    id: str
    seq: str
    title: str
    status: Literal["pending", "in_progress", "completed", "blocked"]
    depends_on: list[str] = []
    parallel: bool = False
    context_files: Files = []
    reference_files: Files | None = None
    acceptance_criteria: list[str] = []
    deliverables: list[str] = []
    agent_id: str | None = None
    suggested_agent: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    completion_summary: str | None = Field(default=None, max_length=200)
