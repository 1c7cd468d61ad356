"""Taking acts back: which of them can be, in which order, until when, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchpack import process
from batchpack.errors import UsageError
from batchpack.receipts.acts import Act
from batchpack.receipts.values import Draft, Receipt, Result

SECONDS = 300.0
"""The longest that one undo command may take."""
UNDO = "undo"
"""What the receipts of an undo say is done."""

_REASONS = {
    "undone": "taken back already",
    "undo open": "an undo of it began and its end is unknown: look at the item, then name the act with --again",
    "skipped": "it was not carried out",
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """What would be taken back, the last act first, and the acts that stay, each with the reason."""

    acts: tuple[Act, ...]
    stay: tuple[tuple[Act, str], ...]


def plan(acts: dict[str, Act], named: Iterable[str] = (), *, again: bool = False) -> Undoing:
    """Choose the acts to take back: those named, else all that were carried out or may have been.

    An act that failed or whose end is unknown may have taken place in part, so it is taken back as well.
    Raises UsageError for a name that no act has.
    """
    words = tuple(named)
    missing = [word for word in words if word not in acts]
    if missing:
        raise UsageError(f"there is no act {missing[0][:80]!r} in this batch", "see them: batchpack receipts show")
    wanted = [act for act in acts.values() if (act.id in words if words else not act.before.draft.undoes)]
    told = [(act, _stays(act, again=again)) for act in reversed(wanted)]
    return Undoing(tuple(act for act, why in told if not why), tuple((act, why) for act, why in told if why))


def _stays(act: Act, *, again: bool) -> str:
    """Say why an act is not taken back; empty when it is."""
    if not act.undo:
        return "no undo command was written"
    if again and act.standing == "undo open":
        return ""
    return _REASONS.get(act.standing, "")


def check_window(ended: datetime | None, window: timedelta, now: datetime) -> None:
    """Raise UsageError when the batch ended longer ago than the window; one that goes on has its whole window."""
    if ended is not None and now > ended + window:
        raise UsageError(
            f"the time to take acts of this batch back ended at {(ended + window).astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            "what the acts were about may have changed since; --late does it all the same",
        )


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of one undo: its act, how it ended, and what its command said when it failed."""

    act: Act
    result: Result
    detail: str

    def to_json(self) -> dict[str, str]:
        """Return the facts of it."""
        return {"act": self.act.id, "item": self.act.before.draft.item, "result": self.result, "detail": self.detail}


def run(append: Callable[[Draft], Receipt], acts: Iterable[Act], cwd: Path, worker: str) -> Iterator[Undone]:
    """Take acts back one after another, each with a receipt before and after; one that fails keeps no other back.

    `append` writes a receipt. A command is run as its argv, never by a shell, in the folder `cwd`.
    """
    for act in acts:
        begun = act.before.draft
        receipt = append(Draft("before", UNDO, begun.task, begun.item, worker, undoes=act.id, locator=begun.locator))
        result, detail = _call(act.undo, cwd)
        append(Draft("after", act=receipt.act, worker=worker, result=result, detail=detail))
        yield Undone(act, result, detail)


def _call(argv: tuple[str, ...], cwd: Path) -> tuple[Result, str]:
    """Run an undo command; returns what came of it and, when it failed, what it said."""
    try:
        done = process.run(argv, cwd=cwd, timeout=SECONDS, check=False)
    except process.ProgramFailed as error:
        return "failed", error.message[:500]
    if done.code == 0:
        return "done", ""
    return "failed", f"exit code {done.code}: {(done.err.strip() or done.out.strip())[-500:]}"
