"""Who changed the main tree: the attempts that ran at that moment, narrowed down by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

SLACK_SECONDS = 2.0
"""How far a file's time may lie outside an attempt's: file systems and clocks are coarse."""


@dataclass(frozen=True, slots=True)
class Change:
    """A path of the main tree that differs, and when it was written (None: unknown, as for what was removed)."""

    path: str
    written: float | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """An attempt that runs or just ended: its time (end None: it runs), what it may change, where its words stand."""

    task: str
    started: float
    ended: float | None
    allowed: tuple[str, ...]
    mentions: Callable[[str], bool]


def blamed(changes: Iterable[Change], suspects: Sequence[Suspect]) -> dict[str, list[str]]:
    """Return for each task the paths it is held responsible for.

    Of those who ran at the time, the ones whose words mention the path are taken, else those who are to write such a
    path in their own tree, else all: where nobody can tell who it was, nobody's isolation is established.
    """
    found: dict[str, list[str]] = {}
    for change in changes:
        present = [one for one in suspects if _ran(one, change.written)] or list(suspects)
        named = [one for one in present if one.mentions(change.path)]
        fitting = [one for one in present if any(fnmatchcase(change.path, glob) for glob in one.allowed)]
        for one in named or fitting or present:
            found.setdefault(one.task, []).append(change.path)
    return found


def _ran(suspect: Suspect, moment: float | None) -> bool:
    """Tell whether an attempt ran at a moment."""
    if moment is None:
        return True
    until = float("inf") if suspect.ended is None else suspect.ended
    return suspect.started - SLACK_SECONDS <= moment <= until + SLACK_SECONDS
