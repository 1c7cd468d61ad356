"""Acts, as their receipts before and after tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from batchpack.receipts.values import Receipt

Standing = Literal["open", "done", "failed", "skipped", "undone", "undo open"]


@dataclass(slots=True)
class Act:
    """An act: the receipt before it, the one after it (None: nobody wrote its end), and what came of taking it back.

    `undo_open` says that an undo began and nobody wrote its end, so that nobody knows whether it took place.
    """

    before: Receipt
    after: Receipt | None = None
    undone: bool = False
    undo_open: bool = False

    @property
    def id(self) -> str:
        """Return the act's name."""
        return self.before.act

    @property
    def undo(self) -> tuple[str, ...]:
        """Return the argv that takes the act back: what was known after it, else before it."""
        return (self.after or self.before).draft.undo

    @property
    def standing(self) -> Standing:
        """Say where the act stands."""
        if self.undone:
            return "undone"
        if self.undo_open:
            return "undo open"
        return (self.after.draft.result or "open") if self.after else "open"

    def to_json(self) -> dict[str, Any]:
        """Return the act's facts."""
        begun, ended = self.before.draft, self.after.draft if self.after else None
        return {
            "act": self.id,
            "standing": self.standing,
            "what": begun.what,
            "task": begun.task,
            "item": begun.item,
            "worker": begun.worker,
            "began": self.before.at,
            "ended": self.after.at if self.after else None,
            "state": begun.state,
            "locator": ended.locator if ended else begun.locator,
            "undo": list(self.undo),
            "undoes": begun.undoes,
            "detail": ended.detail if ended else "",
            "receipts": [self.before.seq, *([self.after.seq] if self.after else [])],
        }


def fold(receipts: Iterable[Receipt]) -> dict[str, Act]:
    """Return the acts by name in the order of their beginning; an end without a beginning is left out."""
    acts: dict[str, Act] = {}
    for receipt in receipts:
        if receipt.draft.phase == "before":
            acts[receipt.act] = Act(receipt)
        elif receipt.act in acts:
            acts[receipt.act].after = receipt
        _take_back(acts, receipt)
    return acts


def _take_back(acts: dict[str, Act], receipt: Receipt) -> None:
    """Note on an act that another one takes it back."""
    taken = acts.get(receipt.draft.undoes)
    if taken is None:
        return
    taken.undo_open = receipt.draft.phase == "before"
    taken.undone = taken.undone or (not taken.undo_open and receipt.draft.result == "done")
