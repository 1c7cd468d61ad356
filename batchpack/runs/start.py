"""Starting a run: its directory appears whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from batchpack import clock, files, places
from batchpack.errors import BatchpackError, Unwritable
from batchpack.output import warn
from batchpack.runs import baseline, ids, index, journal, newest
from batchpack.runs.facts import SCHEMA, Facts, Role
from batchpack.runs.store import Run

TRIES = 20
LEFT_SECONDS = 3600


def create(
    plan: Mapping[str, Any], roles: Mapping[str, Role], *, project: Path, tree: Path, host: str | None, place: str
) -> Run:
    """Make a run of a plan (as JSON): `place` is below the project, or below the home when it begins with `~/`.

    The index learns of the run first: one outside its project that could not be found again is not begun.
    Raises Unwritable.
    """
    root = _root(project, place)
    _check_text(root, tree)
    parent = folder(root / "runs")
    sweep(parent)
    if not place.startswith("~/"):
        files.keep_from_git(root)
    now = datetime.now(UTC)
    run_id = free_id(parent, now)
    facts = Facts(run_id, project, tree, root, host, clock.now(), baseline.take(tree), roles)
    built = _build(parent, facts, plan)
    try:
        _enter(facts, needed=place.startswith("~/"))
        publish(built, parent / run_id)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    run = Run(parent / run_id)
    _shorten(run)
    newest.clear(run)
    return run


def publish(built: Path, folder: Path) -> None:
    """Give a folder that is written whole the name under which it is found, in one step; raises Unwritable."""
    try:
        built.rename(folder)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise Unwritable(folder.parent, error.strerror or str(error)) from error


def _shorten(run: Run) -> None:
    """Make the short way to the prompts; where links cannot be made the long one does."""
    with suppress(OSError):
        run.alias.symlink_to(Path("runs") / run.id / "prompts")


def _root(project: Path, place: str) -> Path:
    """Return the folder that holds `runs/`; one below the project must not lead out of it."""
    if place.startswith("~/"):
        return places.home() / place.removeprefix("~/")
    return files.inside(project, place)


def _check_text(*folders: Path) -> None:
    """Refuse folders whose names are not UTF-8: they could be written neither into prompts nor into records."""
    for folder in folders:
        try:
            str(folder).encode()
        except UnicodeEncodeError as error:
            shown = str(folder).encode(errors="backslashreplace").decode()
            raise BatchpackError(f"the name of {shown} is not UTF-8", "rename the folder") from error


def folder(path: Path) -> Path:
    """Make a folder and those above it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(path, error.strerror or str(error)) from error
    return path


def free_id(parent: Path, now: datetime) -> str:
    """Return an id whose last four digits no run beside it has."""
    taken = {ids.short(path.name) for path in (*parent.iterdir(), *parent.parent.iterdir())}
    tries = (ids.new_run_id(now) for _ in range(TRIES))
    return next((run_id for run_id in tries if ids.short(run_id) not in taken), ids.new_run_id(now))


def _build(parent: Path, facts: Facts, plan: Mapping[str, Any]) -> Path:
    """Write a run's first files into a folder that no one takes for a run yet."""
    try:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=".new-"))
        folder.chmod(0o755)
        for name in ("prompts", "results"):
            (folder / name).mkdir()
    except OSError as error:
        raise Unwritable(parent, error.strerror or str(error)) from error
    try:
        files.write_atomic(folder / "plan.json", _json({"schema": SCHEMA, **plan}))
        files.write_atomic(folder / "run.json", _json(facts.to_json()))
        files.write_atomic(folder / "journal.jsonl", journal.dump(_first_event(facts, plan)) + "\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _first_event(facts: Facts, plan: Mapping[str, Any]) -> journal.Event:
    """Say how the run begins; the plan's hash binds the journal to its plan."""
    return journal.event(
        "run_started",
        run=facts.run,
        project=str(facts.project),
        host=facts.host,
        plan_hash=plan["hash"],
        agents=[task for batch in plan["batches"] for task in batch["tasks"]],
        batches=len(plan["batches"]),
        base_commit=facts.baseline.commit,
    )


def _enter(facts: Facts, *, needed: bool) -> None:
    """Put the run into the index; one below its project is found without, as where a sandbox closes the home."""
    try:
        index.add(index.Entry(facts.run, facts.root, facts.project, facts.host, facts.started))
    except Unwritable as error:
        if needed:
            raise
        warn(f"{error.message}; the run is found from {facts.project} only, and `batchpack runs --all` lacks it")


def sweep(parent: Path) -> None:
    """Remove what starts that were killed left behind, an hour later."""
    for left in parent.glob(".new-*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - LEFT_SECONDS:
                shutil.rmtree(left)


def _json(value: Mapping[str, Any]) -> str:
    """Write a value for people and programs."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"
