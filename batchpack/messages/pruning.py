"""Clearing old jobs away: only what is collected, and only as a whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchpack.errors import BatchpackError, BrokenFile, Unwritable
from batchpack.messages.facts import stage
from batchpack.messages.job import Job
from batchpack.messages.standing import standing


@dataclass(frozen=True, slots=True)
class Old:
    """A job to clear away: its size in bytes, the answers in it, and why it would better stay, if that is so."""

    job: Job
    bytes: int
    answered: int
    kept_for: str


def look(jobs: Iterable[Job], older: timedelta, now: datetime | None = None) -> list[Old]:
    """Return the jobs that began longer ago than that."""
    edge = (now or datetime.now(UTC)) - older
    return [_old(job) for job in jobs if _created(job) <= edge]


def _created(job: Job) -> datetime:
    """Return when a job began; one whose facts cannot be read counts from its folder's age."""
    try:
        return datetime.fromisoformat(job.facts.created)
    except BrokenFile:
        return datetime.fromtimestamp(job.folder.stat().st_mtime, UTC)


def _old(job: Job) -> Old:
    """Return what would go with a job; what was paid for and not fetched must not."""
    try:
        state = job.state()
        found = standing(job, state)
    except BatchpackError as error:
        return Old(job, _size(job.folder), 0, f"it cannot be read: {error.message}")
    kept = (
        ""
        if not found.pending
        else f"{found.pending:,} of {found.items:,} items are not collected ({stage(state, found)})"
    )
    if not kept and not job.answers.is_file():
        kept = "its answers were not written yet"
    return Old(job, _size(job.folder), found.answered, kept)


def remove(old: Old) -> None:
    """Remove a job's folder while nobody works on it: first its name, so that half of a job is never seen as one.

    Raises Busy and Unwritable.
    """
    gone = old.job.folder.with_name(f".gone-{old.job.id}")
    try:
        with old.job.locked():
            shutil.rmtree(gone, ignore_errors=True)
            old.job.folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise Unwritable(old.job.folder, error.strerror or str(error)) from error


def _size(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum((Path(base) / name).lstat().st_size for base, _, names in os.walk(folder) for name in names)
