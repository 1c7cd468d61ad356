"""A feature and its subtasks as they were read: frozen, with the JSON that was found kept beside the fields we use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from batchpack.errors import BatchpackError, BrokenFile, UsageError

Status = Literal["pending", "in_progress", "completed", "blocked"]
STATUSES: tuple[Status, ...] = get_args(Status)
FEATURE_STATUSES = ("active", "completed", "blocked", "archived")
SUMMARY_LIMIT = 200
"""The longest summary or reason, in characters."""
TASK = "task.json"
ARCHIVE = "completed"
"""The folder of archived features; no feature can have its name."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class UnknownTask(BatchpackError):
    """A sequence that no subtask of the feature has."""

    def __init__(self, seq: str, feature: str, known: tuple[str, ...]) -> None:
        listed = f"it has {known[0]} to {known[-1]}" if known else "it has no readable subtasks"
        super().__init__(f"Task {seq} not found in {feature}", listed)


class Refused(BatchpackError):
    """A change that the state of the subtask or of its feature does not allow."""


@dataclass(frozen=True, slots=True)
class Subtask:
    """A subtask file: `data` is all of its JSON, in its order; `file` its name in the feature's folder."""

    file: str
    data: Mapping[str, Any]
    seq: str
    title: str
    status: Status
    depends_on: tuple[str, ...]
    parallel: bool

    @property
    def deliverables(self) -> tuple[str, ...]:
        """The files it hands in, as written; none means that nobody knows what it writes."""
        return tuple(self.data.get("deliverables") or ())

    def waiting(self, completed: frozenset[str]) -> tuple[str, ...]:
        """Return the dependencies that are not completed, in their order."""
        return tuple(seq for seq in self.depends_on if seq not in completed)

    def text(self, key: str) -> str:
        """Return a value as one line of text, empty where it is missing."""
        value = self.data.get(key)
        return "" if value is None else one_line(str(value))


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature's folder: `task` is the JSON of task.json (None: not there or broken), `present` counts subtask files.

    `problems` are the files that could not be read; the subtasks are those that could, in the order of their files.
    """

    name: str
    folder: Path
    task: Mapping[str, Any] | None
    subtasks: tuple[Subtask, ...]
    present: int
    problems: tuple[BrokenFile, ...] = ()

    @property
    def title(self) -> str:
        """The feature's name for people."""
        return one_line(str((self.task or {}).get("name", self.name)))

    @property
    def task_is_broken(self) -> bool:
        """Whether task.json is there but cannot be read."""
        return any(problem.path.name == TASK for problem in self.problems)

    @property
    def completed(self) -> frozenset[str]:
        """The sequences of which every subtask is completed."""
        return frozenset(s.seq for s in self.subtasks if s.status == "completed") - frozenset(
            s.seq for s in self.subtasks if s.status != "completed"
        )

    def count(self, status: Status) -> int:
        """Count the subtasks of a status."""
        return sum(s.status == status for s in self.subtasks)

    def find(self, seq: str) -> Subtask:
        """Return a subtask by its sequence, `5` for `05` too.

        Raises UnknownTask, BrokenFile for one whose file cannot be read, or Refused for one that two have.
        """
        found = self._with(seq) or self._with(seq.zfill(2))
        if not found:
            raise self._why_none(seq)
        if len(found) > 1:
            files = " and ".join(s.file for s in found)
            raise Refused(f"{files} both have sequence {found[0].seq}", "give one of them a sequence of its own")
        return found[0]

    def known(self, seqs: Iterable[str]) -> tuple[str, ...]:
        """Return sequences as their subtasks write them, each once; raises UnknownTask for one that is not there."""
        return tuple(dict.fromkeys(self.find(seq).seq for seq in seqs))

    def _why_none(self, seq: str) -> BatchpackError:
        """Say why no subtask has a sequence: its file cannot be read, or there is none."""
        files = {f"subtask_{seq}.json", f"subtask_{seq.zfill(2)}.json"}
        broken = (problem for problem in self.problems if problem.path.name in files)
        return next(broken, UnknownTask(one_line(seq), self.name, tuple(s.seq for s in self.subtasks)))

    def _with(self, seq: str) -> list[Subtask]:
        """List the subtasks of exactly that sequence."""
        return [s for s in self.subtasks if s.seq == seq]


def one_line(text: str) -> str:
    """Return a text with line ends and control characters as spaces, so that no title can forge a line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+", " ", text)


def check_name(name: str, what: str = "feature name") -> str:
    """Return a feature's or agent's name; raises UsageError unless it is safe as a folder's name."""
    if not is_name(name):
        raise UsageError(
            f"{name!r} is no {what}",
            "use up to 64 letters, digits, '.', '_' and '-'; a letter or digit first, no '..', no '.lock' at the end",
        )
    if what == "feature name" and is_archive(name):
        raise UsageError(f"{name!r} is no {what}", "that folder holds the archived features")
    return name


def is_name(name: str) -> bool:
    """Tell whether a name is safe as an id and as a folder's name."""
    return bool(_NAME.fullmatch(name)) and ".." not in name and not name.endswith(".lock")


def is_archive(name: str) -> bool:
    """Tell whether a folder's name is that of the archive, in any letter case: many disks tell no cases apart."""
    return name.casefold() == ARCHIVE


def check_summary(text: str, what: str = "Summary") -> str:
    """Return a summary; raises BatchpackError when it is too long or has no letter that can be seen."""
    if len(text) > SUMMARY_LIMIT:
        raise BatchpackError(f"{what} must be max {SUMMARY_LIMIT} characters", f"it has {len(text)}; shorten it")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BatchpackError(f"{what} must be UTF-8 text", "write it again")
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise BatchpackError(f"{what} must not be empty", "say in a few words what was done or why")
    return text
