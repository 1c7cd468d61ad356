"""The ladder of attempts: who tries next, what it is told, and when there is no use in trying again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from batchpack.files import fingerprint as digest

SAME_AGENT = 3
"""How many attempts the same agent has before a fresh one takes over."""
MOST_LOST = 3
"""How often in a row an attempt may be lost to the machine before the task is given up."""

Outcome = Literal["failed", "lost", "paused", "conflict", "culprit", "verified"]
COUNTED: tuple[Outcome, ...] = ("failed", "conflict", "culprit")
"""What uses up one of a task's attempts; a limit and a lost attempt say nothing on the task."""


@dataclass(frozen=True, slots=True)
class Past:
    """An attempt that ended: `failure` is its failure's fingerprint, `tree` that of the work it left (empty: unknown).

    `session` is the host's, `fresh` tells whether it had begun anew, `reason` is what went wrong, in a line.
    """

    number: int
    outcome: Outcome
    failure: str = ""
    tree: str = ""
    session: str = ""
    fresh: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """The next attempt: its number, and whether it is a fresh agent. `model` is empty for the usual one.

    `session` is to be gone on with (empty: begin anew), `repeated` says that the last two failed the same way.
    """

    number: int
    fresh: bool = False
    model: str = ""
    session: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Why there is no next attempt."""

    reason: str


def following(
    past: Sequence[Past], most: int, *, agent: bool, model: str = "", strong_model: str = ""
) -> Rung | GiveUp:
    """Say what comes after these attempts, in their order; the first attempt where there are none.

    Attempts 1 to 3 are the same agent, in the same session where the host has one; 4 and 5 a fresh one, on
    `strong_model` where there is one. `most` bounds those that count, `agent` is false for a plain program.
    """
    counted = [one for one in past if one.outcome in COUNTED]
    lost = _lost(past)
    if lost >= MOST_LOST:
        return GiveUp(f"it was lost {lost} times in a row: {past[-1].reason or 'nobody knows why'}")
    if len(counted) >= most:
        return GiveUp(_still(counted))
    fresh = len(counted) >= SAME_AGENT
    if _stuck(counted) and not (agent and fresh and not counted[-1].fresh):
        return GiveUp(f"the last 3 attempts failed in the same way and changed nothing: {counted[-1].reason}")
    number = max((one.number for one in past), default=0) + 1
    if not fresh:
        session = next((one.session for one in reversed(counted) if one.session), "") if agent else ""
        return Rung(number, model=model, session=session, repeated=repeats(counted))
    return Rung(number, fresh=True, model=strong_model or model, repeated=repeats(counted))


def _lost(past: Sequence[Past]) -> int:
    """Count the lost attempts at the end; pauses between them do not break the row."""
    count = 0
    for one in reversed(past):
        if one.outcome == "lost":
            count += 1
        elif one.outcome != "paused":
            break
    return count


def _still(counted: Sequence[Past]) -> str:
    """Say that the attempts are used up."""
    said = f": {counted[-1].reason}" if counted and counted[-1].reason else ""
    tries = "1 attempt" if len(counted) == 1 else f"{len(counted)} attempts"
    return f"Still failing after {tries}{said}"


def repeats(counted: Sequence[Past]) -> bool:
    """Tell whether the last two failed in the same way."""
    return len(counted) > 1 and bool(counted[-1].failure) and counted[-1].failure == counted[-2].failure


def _stuck(counted: Sequence[Past]) -> bool:
    """Tell whether an attempt that was told of its repetition repeated it once more and left the work as it was."""
    last = counted[-3:]
    same = len(last) == 3 and len({one.failure for one in last}) == 1 and bool(last[0].failure)
    return same and bool(last[-1].tree) and last[-1].tree == last[-2].tree


PATH = re.compile(r"(?:~|\.{1,2})?(?:/[^\s/:;,'\"()<>]+)+/?")
HEX = re.compile(r"\b(?=[0-9a-f]*[0-9])(?:0x)?[0-9a-f]{6,}\b", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def fingerprint(parts: Iterable[str]) -> str:
    """Return a short fingerprint of a failure's texts in which paths, times, numbers and hashes do not count."""
    return digest("\n".join(normal(part) for part in parts).encode(errors="replace"))[:16]


def normal(text: str) -> str:
    """Return a text with the names of its files kept, and folders, hashes, times and numbers made alike."""
    text = PATH.sub(lambda found: "/" + found[0].rstrip("/").rsplit("/", 1)[-1], text)
    text = NUMBER.sub("0", HEX.sub("#", text))
    return " ".join(re.sub(r"0(?:\s*(?:ms|s|sec|seconds|minutes|m))\b", "0", text).split())
