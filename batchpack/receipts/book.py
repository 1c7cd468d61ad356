"""The book of receipts: one line a receipt, only ever appended, under a lock, on disk before anything is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from batchpack.clock import now
from batchpack.errors import BrokenFile, UsageError
from batchpack.files import append_line, locked, sync_folder
from batchpack.receipts.values import ACT, START, Draft, NotAsWritten, Receipt, Refused, Torn, canonical, make, parse

NAME = "receipts.jsonl"
BLOCK = 64 * 1024


class Damaged(BrokenFile):
    """A book whose last receipt is not what was written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.hint = "see what is wrong: batchpack receipts verify; nothing more is written until it is mended"


@dataclass(frozen=True, slots=True)
class Book:
    """The book in a batch's folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """Return the file of receipts."""
        return self.folder / NAME

    def locked(self) -> AbstractContextManager[None]:
        """Hold the book: one process at a time reads its end and appends."""
        return locked(self.folder / f".{NAME}.lock", "the book of receipts")

    def last(self) -> Receipt | None:
        """Return the last receipt; raises Damaged when it was tampered with. A line torn by a crash is none."""
        return next(self.backwards(), None)

    def backwards(self) -> Iterator[Receipt]:
        """Read the receipts from the last to the first, no more of the file than is asked for."""
        for text in _lines_backwards(self.path):
            if (found := self._receipt(text)) is not None:
                yield found

    def _receipt(self, text: bytes) -> Receipt | None:
        """Return the receipt of a line, None for one that a crash cut off."""
        try:
            return parse(text)
        except Torn:
            return None
        except NotAsWritten as error:
            raise Damaged(self.path, f"a receipt near its end is not as it was written: {error}") from error

    def find(self, act: str) -> tuple[Receipt | None, Receipt | None]:
        """Return the receipts before and after an act; recent acts are found at once."""
        after = None
        for receipt in self.backwards():
            if receipt.act == act and receipt.draft.phase == "before":
                return receipt, after
            if receipt.act == act:
                after = receipt
        return None, after

    def append(self, draft: Draft) -> Receipt:
        """Write a receipt and return it once it is on disk; the same end of an act said twice is written once.

        Raises Refused for an end without a beginning or another end of the same act, Unwritable, Busy and Damaged.
        """
        with self.locked():
            return self.append_held(draft)

    def append_held(self, draft: Draft) -> Receipt:
        """Do the same for a caller that holds the book."""
        if draft.phase == "before":
            return self._write(replace(draft, act=os.urandom(6).hex()))
        before, after = self.find(_checked(draft.act))
        if before is None:
            raise Refused(f"no act {draft.act} has begun in this batch", "write the receipt before the act first")
        ended = _end(before.draft, draft)
        if after is None:
            return self._write(ended)
        if replace(after.draft, worker=ended.worker, token=ended.token) == ended:
            return after
        raise Refused(
            f"act {draft.act} has ended already: {after.draft.result}, at {after.at}",
            "what was written stays; write the receipt of a new act for what was done since",
        )

    def _write(self, draft: Draft) -> Receipt:
        """Chain a receipt to the last one and force it to disk."""
        last = self.last()
        receipt = make(last.seq + 1 if last else 1, now(), draft, last.hash if last else START)
        is_new = not self.path.exists()
        append_line(self.path, canonical(receipt.to_json()))
        if is_new:
            sync_folder(self.folder)
        return receipt


def _end(before: Draft, end: Draft) -> Draft:
    """Return the end of an act with what its beginning said of it, and an undo that is known only now."""
    return replace(
        before,
        phase="after",
        state=None,
        worker=end.worker or before.worker,
        token=end.token if end.token is not None else before.token,
        locator=end.locator or before.locator,
        undo=end.undo or before.undo,
        result=end.result,
        detail=end.detail,
    )


def _checked(act: str) -> str:
    """Return the name of an act; raises UsageError for what can be none."""
    if not ACT.fullmatch(act):
        raise UsageError(
            f"{act[:80]!r} is no act", "acts are named by 12 hexadecimal digits, as the receipt before says"
        )
    return act


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """Read a file's lines from the last to the first, without their ends; empty ones are left out."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        at, rest = stream.seek(0, os.SEEK_END), b""
        while at > 0:
            start = max(0, at - BLOCK)
            stream.seek(start)
            first, *whole = (stream.read(at - start) + rest).split(b"\n")
            yield from (line for line in reversed(whole) if line)
            at, rest = start, first
        if rest:
            yield rest
