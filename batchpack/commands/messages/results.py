"""`batchpack messages results`: fetch what has ended and hand the answers out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.commands.messages._looking import (
    JOB,
    JSON,
    PRICES,
    PROJECT,
    WORKSPACE,
    connect,
    find,
    prices_of,
    shown,
    tell_end,
)
from batchpack.errors import UsageError
from batchpack.groups import options  # fmt: skip
from batchpack.messages import closing, collect, facts
from batchpack.messages.job import Job
from batchpack.messages.patience import Tell
from batchpack.output import say, warn

FORMATS = ("jsonl", "csv", "dir")


@click.command(short_help="Fetch what has ended and write the answers.")
@options(JOB, PRICES, PROJECT, JSON, WORKSPACE)
@click.option("--format", "shape", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="Their form.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="Where to; without it, into the job.")
@click.option("--offline", is_flag=True, help="Write what is on disk; do not ask the service.")
@click.pass_obj
def command(app: App, /, job: str, project: Path | None, **given: Any) -> int:
    """Fetch all answers of JOB that are ready and write them in the order of the items, a line or a file each."""
    found, table = find(app, job, project), prices_of(given["prices"])
    tell = warn if given["as_json"] else say
    for line in facts.warnings(found, found.state()):
        warn(line)
    with found.locked():
        if not given["offline"] and found.facts.mode == "batch":
            _fetch(app, found, tell, same_workspace=given["same_workspace"])
        closed = closing.close(found, table)
        where = _export(found, given["shape"], given["out"])
    return tell_end(found, closed, as_json=given["as_json"], where=where)


def _fetch(app: App, job: Job, tell: Tell, *, same_workspace: bool) -> None:
    """Ask for what is not on disk yet, or not as it was; a job that lies there whole needs no connection."""
    state = job.state()
    if not collect.needs_service(job, state):
        collect.fetch(job, lambda: connect(app, job, same_workspace=same_workspace), tell)
        return
    client = connect(app, job, same_workspace=same_workspace)
    collect.look(job, client, state, tell)
    collect.fetch(job, lambda: client, tell)


def _export(job: Job, shape: str, out: Path | None) -> str:
    """Write the answers in the form that is wanted; returns where they are."""
    from batchpack.messages import export

    here = Path.cwd()
    if shape == "jsonl":
        if out is not None:
            export.as_lines(job, _file(out))
        return shown(out or job.answers, here)
    if shape == "csv":
        out = _file(out or job.folder / "answers.csv")
        export.as_table(job, out)
        return shown(out, here)
    folder = out or job.folder / "answers"
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", "name a folder with --out")
    return f"{shown(folder, here)} ({export.as_files(job, folder):,} files)"


def _file(out: Path) -> Path:
    """Return a path that a file can have; raises UsageError for a folder, a device or a pipe."""
    if out.is_dir():
        raise UsageError(f"{out} is a folder", "name a file with --out, or add --format dir")
    if out.exists() and not out.is_file():
        raise UsageError(f"{out} is no regular file", "name a file with --out")
    return out
