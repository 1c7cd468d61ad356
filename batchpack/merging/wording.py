"""What an author is told whose work was not merged, so that the next attempt can mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from batchpack import plaintext
from batchpack.merging.gate import Verdict
from batchpack.merging.stacking import Clash

SHOWN = 20
"""How many files or tasks are named before the rest is counted."""


def conflict_reason(clash: Clash, others: Sequence[str]) -> str:
    """Say in a sentence why work was not merged."""
    if not clash.files:
        return f"it cannot be merged: {clash.said}"
    if clash.undone:
        return f"it takes back what {_listed(others) or 'others'} brought in, in {_listed(clash.files)}"
    return f"conflict in {_listed(clash.files)}" + (f" with what {_listed(others)} brought in" if others else "")


def conflict_feedback(branch: str, tip: str, clash: Clash, others: Mapping[str, str], out: Path | None) -> str:
    """Tell an author how to settle a conflict. `others` are the tasks on the other side with their titles."""
    if clash.undone:
        return _undone_feedback(branch, tip, clash, _named(others))
    lines = [f"Your branch does not merge into {branch}, which is at {tip[:12]} now."]
    if clash.files:
        lines.append(f"In conflict: {_listed(clash.files)}.")
    lines.append(f"git says: {clash.said}")
    if others:
        lines.append(f"These files were changed meanwhile by: {_named(others)}. What that work is for must be kept.")
    lines.append(f"Settle it on your branch: git merge {tip} , solve the conflict so that both sides work, and commit.")
    if out is not None:
        lines.append(f"Both sides with git's marks: {out}")
    return "\n".join(lines)


def _undone_feedback(branch: str, tip: str, clash: Clash, named: str) -> str:
    """Tell an author what its branch takes back, and how to undo that."""
    return "\n".join(
        [
            f"Your branch takes back what others have merged into {branch}, which is at {tip[:12]} now.",
            f"As before their work, instead of with it: {_listed(clash.files)}.",
            *([f"These files were changed by: {named}."] if named else []),
            f"Bring it back on your branch, for each of them: git checkout {tip} -- FILE , and commit.",
        ]
    )


def _named(others: Mapping[str, str]) -> str:
    """Name tasks with their titles."""
    return _listed([f"{task} ({title})" if title else task for task, title in others.items()])


def culprit_reason(verdict: Verdict, others: Sequence[str]) -> str:
    """Say in a sentence why work was not merged."""
    company = f" together with {_listed(others)}, though not alone" if others else ""
    return f"the gate fails with it{company}: {verdict.why}"


def culprit_feedback(branch: str, tip: str, verdict: Verdict, sure: bool, others: Sequence[str]) -> str:
    """Tell an author what its work breaks, and how to see it."""
    lines = [f"Your branch merges into {branch}, but then the gate fails: {verdict.why}."]
    if others and sure:
        lines.append(f"Alone it passes. It fails only together with {_listed(others)}, which is merged already.")
    elif others:
        lines.append(f"Alone it passes. It fails with {_listed(others)} and other work that is merged already.")
    lines.append(f"To see it: git merge {tip} , then run the line that failed. Mend it on your branch and commit.")
    if verdict.out is not None:
        lines += [f"Output: {verdict.out}", "Its last lines:", plaintext.tail(verdict.out, 40, 4000)]
    return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    """Name some things, the first twenty of many."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(plaintext.line(name) for name in names[:SHOWN]) + more
