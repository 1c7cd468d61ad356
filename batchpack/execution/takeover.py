"""How merged work gets into the user's branch, and what on the way there is no work of the run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from batchpack import git, plaintext
from batchpack.execution.store import WorkRun
from batchpack.merging.queue import Queue

OWN = "refs/heads/batchpack/"
"""What the refs begin with that nobody but the merge queue has a reason to move."""
SHOWN = 5


def command(project: Path, ref: str) -> str:
    """Return the command that takes a branch over: a fast-forward where the one that is checked out did not move on."""
    forward = git.ask(project, "merge-base", "--is-ancestor", "HEAD", ref, check=False).code == 0
    return f"git merge {'--ff-only ' if forward else ''}{ref.removeprefix('refs/heads/')}"


def strangers(run: WorkRun) -> list[str]:
    """Return what stands on the run's own branch without being a merge of its queue, as `<commit> <subject>`.

    A branch that the user named with `--into` may hold the work of others.
    """
    if not run.facts.target.startswith(OWN):
        return []
    with closing(Queue(run.journal)) as queue:
        known = {one.merge for one in queue.entries("merged")}
    between = f"{run.facts.base}..{run.facts.target}"
    words = ("log", "--first-parent", "--format=%H %s", "--end-of-options", between)
    said = git.ask(run.facts.project, *words, check=False)
    found = [line.partition(" ") for line in said.out.splitlines()]
    return [f"{commit[:12]} {plaintext.line(subject, 80)}" for commit, _, subject in found if commit not in known]


def lines(run: WorkRun, merged: int, tip: str) -> list[str]:
    """Say what was merged, what stands among it that nobody verified, and how to take it over."""
    branch = run.facts.target.removeprefix("refs/heads/")
    said = [f"{merged} merged on branch {branch} ({tip[:12]})."]
    if others := strangers(run):
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        said.append(
            f"Look first: somebody moved that branch, and no task stands behind {'; '.join(others[:SHOWN])}{more}"
        )
    return [*said, f"Take it over with: {command(run.facts.project, run.facts.target)}"]
