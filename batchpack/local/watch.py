"""An attempt that has not ended yet, seen from outside: what its folder says, and whether its keeper lives."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from batchpack.engine import ENDED, State, Status
from batchpack.errors import Unwritable
from batchpack.local import family, records

BEGIN_SECONDS = 30.0
"""How long an attempt may take to begin before it counts as lost; only a machine in great need takes so long."""
ADOPT_SECONDS = 2.0
"""The same for one that was handed over by a session that is gone."""
END_SECONDS = 10.0
REBOOTED = "the machine was started anew while it ran"
DEAD = "its keeper was killed"
UNBEGUN = "it was never begun"


@dataclass(slots=True)
class Watched:
    """An attempt whose end is not known; `order` is kept until it has begun."""

    id: str
    folder: Path
    order: dict[str, Any] | None = None
    patience: float = BEGIN_SECONDS
    since: float = field(default_factory=time.monotonic)
    begun: bool = False

    @property
    def place(self) -> str:
        """Return the folder as the keeper knows it."""
        return str(self.folder)

    def ended(self) -> Status | None:
        """Return the end where there is a verdict; one that makes no sense says that it is lost."""
        facts = records.read(self.place, records.VERDICT)
        return None if facts is None else read_verdict(self.id, self.folder, facts)

    def present(self) -> Status:
        """Return how it stands."""
        keeper = records.read(self.place, records.KEEPER)
        if keeper is None:
            return self.ended() or status(self.id, self.folder, "queued")
        return status(self.id, self.folder, "running", started=_number(keeper.get("began")))

    def dead(self) -> bool:
        """Tell whether an attempt without a verdict has no keeper and will get none."""
        if not self.begun and records.present(self.place, records.KEEPER):
            self.begun, self.order = True, None
        if not self.begun and time.monotonic() - self.since < self.patience:
            return False
        return _free(self.folder)

    def bury(self) -> Status | None:
        """End what a dead keeper left and write that the attempt is lost; None where it proves alive after all.

        Takes seconds where processes do not die at once. Raises Unwritable.
        """
        try:
            handle = records.lock(self.place)
            if handle is None:
                return None
            try:
                return self.ended() or self._lose()
            finally:
                os.close(handle)
        except OSError as error:
            raise Unwritable(self.folder / records.VERDICT, error.strerror or str(error)) from error

    def _lose(self) -> Status:
        """Write the verdict that a dead keeper could not write; the lock is held."""
        keeper = records.read(self.place, records.KEEPER)
        detail = UNBEGUN if keeper is None else _cause(keeper)
        left = [] if detail == UNBEGUN else _end_rest(self.place, keeper or {})
        if left:
            detail += f"; processes that could not be ended: {', '.join(map(str, left))}"
        began = _number((keeper or {}).get("began"))
        facts = {"state": "lost", "code": None, "started": began, "ended": time.time(), "detail": detail}
        path = f"{self.place}/{records.KEEPER}"
        if keeper is None:
            os.close(records.begin(self.place, {}))
        writable = os.open(path, os.O_RDWR | records.OPEN)
        try:
            records.finish(self.place, writable, facts)
        finally:
            os.close(writable)
        return read_verdict(self.id, self.folder, facts)

    def cancel(self) -> None:
        """Ask for the end, now where it runs, at its first act where it does not yet. Raises Unwritable."""
        try:
            records.ask_to_end(self.place)
        except OSError as error:
            raise Unwritable(self.folder / records.CANCEL, error.strerror or str(error)) from error
        keeper = records.read(self.place, records.KEEPER) or {}
        pid, began = keeper.get("pid"), keeper.get("start")
        if isinstance(pid, int) and pid > 1 and isinstance(began, str) and not _free(self.folder):
            family.tell(pid, signal.SIGTERM, began)


def _free(folder: Path) -> bool:
    """Tell whether nobody holds an attempt's lock; True where its folder is gone."""
    try:
        handle = records.lock(str(folder))
    except OSError:
        return True
    if handle is not None:
        os.close(handle)
    return handle is not None


def _cause(keeper: dict[str, Any]) -> str:
    """Say why a keeper is dead."""
    return REBOOTED if keeper.get("boot") not in {None, family.boot()} else DEAD


def _end_rest(folder: str, keeper: dict[str, Any]) -> list[int]:
    """Kill what a dead keeper's program left on this start of the machine; returns those that would not go."""
    if _cause(keeper) == REBOOTED:
        return []
    child, began = keeper.get("child"), keeper.get("child_start")
    leader = child if isinstance(child, int) and child > 1 else 0
    if leader and family.boot() == "":
        family.tell_group(leader, signal.SIGKILL)  # where there is no /proc the group is all that can be found
    return family.end_rest(folder, leader, str(began or ""), END_SECONDS)


def _number(value: object) -> float | None:
    """Return a number read from a file, None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def status(attempt_id: str, folder: Path, state: State, *, started: float | None = None) -> Status:
    """Return the status of an attempt that has not ended."""
    return Status(attempt_id, state, started=started, out=folder / "out", err=folder / "err")


def read_verdict(attempt_id: str, folder: Path, facts: dict[str, Any]) -> Status:
    """Return the end that a verdict tells, or that it is lost where the file makes no sense."""
    code, state = facts.get("code"), facts.get("state")
    sound = isinstance(code, int) or (code is None and state != "done")
    if state not in ENDED or not sound:
        facts, state, code = {"detail": "its verdict cannot be understood"}, "lost", None
    return Status(
        attempt_id,
        cast("State", state),
        code,
        _number(facts.get("started")),
        _number(facts.get("ended")),
        timed_out=facts.get("timed_out") is True,
        out=folder / "out",
        err=folder / "err",
        detail=str(facts.get("detail", "")),
    )
