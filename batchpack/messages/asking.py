"""One direct request until it has a result: kinds are told apart, pauses shared, attempts journalled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.messages import outcomes
from batchpack.messages.gate import Gate
from batchpack.provider import Client, Refused, Unknown

TRIES = 3
"""How often a request is sent whose answer did not arrive; each time it may have been paid."""
PATIENCE = 900.0
"""Seconds without any answer, while the service refuses or cannot be reached, after which the job pauses."""

Result = dict[str, Any]
Note = Callable[..., object]
"""Writes an event with its facts into the journal and forces it to disk."""


class Paused(BatchpackError):
    """The account or the service has to be put right before anything more is sent; nothing is lost."""

    def __init__(self, kind: str, said: str, hint: str) -> None:
        super().__init__(f"paused: {said}", hint)
        self.kind = kind


class Asker:
    """Asks for answers one request at a time, from as many threads as there are.

    `note` is called with the journal's event and its facts before anything is sent, and after nothing came back.
    """

    def __init__(self, client: Client, gate: Gate, note: Note, *, patience: float = PATIENCE) -> None:
        self.client, self.gate, self.note, self.patience = client, gate, note, patience
        self._progress, self._lock = time.monotonic(), threading.Lock()

    def ask(self, params: Mapping[str, Any], **which: int) -> Result:
        """Return the result of a request in the form of a batch's results; `which` names it in the journal.

        Raises Paused where no request would fare better now, and Closed once the gate is closed.
        """
        lost = 0
        while True:
            entered = self.gate.enter()
            try:
                self.note("direct_intent", **which)
                message = self.client.message(params)
            except Refused as error:
                result = self._refused(error, entered, which)
            except Unknown as error:
                lost += 1
                result = self._unknown(error, entered, which, last=lost == TRIES)
            except BaseException:
                self.gate.leave()
                raise
            else:
                self._went_on()
                self.gate.answered()
                return {"type": "succeeded", "message": message}
            if result is not None:
                return result

    def _went_on(self) -> None:
        """Remember that the service does its work."""
        with self._lock:
            self._progress = time.monotonic()

    def _refused(self, error: Refused, entered: float, which: Mapping[str, int]) -> Result | None:
        """Return the result of a request that was not carried out, or None where it is to be sent again."""
        self.note("answered", how="refused", status=error.status, kind=error.kind, **which)
        kind = "unreachable" if error.status == 0 else outcomes.of_error(error.kind, error.said, error.code)
        if kind in ("rate_limit", "overloaded", "unreachable"):
            self.gate.refused(entered, error.retry_after)
            self._be_patient(kind, error)
            return None
        self.gate.leave()
        if outcomes.remedy(kind) == "pause" or kind == "not_found":
            raise Paused(
                kind, error.said, outcomes.HINTS.get(kind) or "look at the model's name; begin a new job with another"
            )
        self._went_on()
        return errored(error.kind, error.said)

    def _unknown(self, error: Unknown, entered: float, which: Mapping[str, int], *, last: bool) -> Result | None:
        """Return the result of a request that may have been carried out, or None where it is to be sent again."""
        self.note("answered", how="unknown", kind=error.reason[:200], **which)
        self.gate.refused(entered)
        self._be_patient("api_error", error)
        return (
            errored("api_error", f"no answer arrived, {TRIES} times; each may have been paid: {error.reason}")
            if last
            else None
        )

    def _be_patient(self, kind: str, error: Refused | Unknown) -> None:
        """Raise Paused when nothing went on for too long."""
        with self._lock:
            waited = time.monotonic() - self._progress
        if waited > self.patience:
            raise Paused(
                kind, f"no answer for {waited / 60:.0f} min; last: {error.message}", "run the same command again later"
            )


def errored(kind: str, said: str) -> Result:
    """Return a result of a request that failed, in the form of a batch's results."""
    return {"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": said}}}
