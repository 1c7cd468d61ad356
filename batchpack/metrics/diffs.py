"""What attempts changed, as git tells it: from the commit that their worktree began at to the one that was judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from batchpack import git
from batchpack.errors import BatchpackError
from batchpack.files import inside, write_atomic
from batchpack.metrics.values import Attempt, Link, Record, Task

FOLDER, LABEL = "diffs", "changes"
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
MOST_LETTERS = 300_000
"""Longer diffs are cut, which their last line says."""
MOST_IN_ALL = 30_000_000
"""Letters of all diffs of a run; behind these no more are written."""
LETTER_BYTES = 4
"""The most bytes that a letter has."""
MARK = re.compile(rb"^([0-9a-f]{40}(?:[0-9a-f]{24})?)\n", re.MULTILINE)
AT_ONCE = 50
"""Diffs that git is asked for together."""
BOUNDS = ("-c", "core.bigFileThreshold=512k", "-c", "diff.renameLimit=400")
WORDS = ("-p", "--stat", "--stdin", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv")
"""Nothing that a repository says about showing its files is run."""

Pair = tuple[str, str]


def name(task: Task, attempt: Attempt) -> str:
    """Return where the diff of an attempt stands, below its run's folder."""
    return f"{FOLDER}/{task.name}-{attempt.number}.txt"


def kept(record: Record) -> Record:
    """Write the diffs of all attempts into the run's folder; return the record with links to them.

    What git does not know any more, and what cannot be written, is left out: a report never fails for a diff.
    """
    wanted = {name(task, one): pair for task in record.tasks for one in task.attempts if (pair := _pair(one))}
    texts = _texts(Path(record.project), wanted.values())
    written, letters = set[str](), 0
    for path, pair in wanted.items():
        text = texts.get(pair, "")
        letters += len(text)
        if text and letters <= MOST_IN_ALL and _write(record.folder, path, text):
            written.add(path)
    return _linked(record, written)


def offered(record: Record) -> Record:
    """Return a record with links to the diffs of all that was judged; `shown` makes them when they are read."""
    return _linked(record, {name(task, one) for task in record.tasks for one in task.attempts if _pair(one)})


def shown(record: Record, path: str) -> str:
    """Return the diff that stands at a path below the run's folder; empty where there is none."""
    pairs = (_pair(one) for task in record.tasks for one in task.attempts if name(task, one) == path)
    pair = next(pairs, None)
    return _texts(Path(record.project), [pair]).get(pair, "") if pair else ""


def _pair(attempt: Attempt) -> Pair | None:
    """Return the commits between which an attempt's diff lies; None where it made none."""
    base, commit = attempt.base, attempt.commit
    return (base, commit) if base != commit and COMMIT.fullmatch(base) and COMMIT.fullmatch(commit) else None


def _linked(record: Record, paths: set[str]) -> Record:
    """Return a record whose attempts lead to these diffs."""
    return replace(record, tasks=tuple(_with_links(task, paths) for task in record.tasks))


def _with_links(task: Task, paths: set[str]) -> Task:
    """Return a task whose attempts lead to these diffs."""
    if not any(name(task, one) in paths for one in task.attempts):
        return task
    places = ((one, name(task, one)) for one in task.attempts)
    led = (replace(one, links=(*one.links, Link(LABEL, at))) if at in paths else one for one, at in places)
    return replace(task, attempts=tuple(led))


def _write(folder: Path, path: str, text: str) -> bool:
    """Write a diff unless it stands there already; tells whether it does now."""
    data = text.encode(errors="replace")
    with suppress(BatchpackError, OSError):
        target = inside(folder, path)
        if target.is_file() and target.read_bytes() == data:
            return True
        target.parent.mkdir(exist_ok=True)
        write_atomic(target, data, lasting=False)  # git has it, and the next report writes it anew
        return True
    return False


def _texts(repository: Path, pairs: Iterable[Pair]) -> dict[Pair, str]:
    """Ask git for the diffs between pairs of commits; those that it does not have are not in the answer."""
    waiting, found = list(dict.fromkeys(pairs)), dict[Pair, str]()
    with suppress(BatchpackError, OSError):
        while waiting and sum(map(len, found.values())) <= MOST_IN_ALL:
            told, left = _ask(repository, waiting[:AT_ONCE])
            found |= told
            waiting = [*left, *waiting[AT_ONCE:]]
    return found


def _ask(repository: Path, pairs: list[Pair]) -> tuple[Mapping[Pair, str], list[Pair]]:
    """Ask git for some diffs at once; return those it told, and those behind one that is too long to be read whole."""
    lines = "".join(f"{commit} {base}\n" for base, commit in pairs)
    answer, env = Answer(), {"GIT_NO_LAZY_FETCH": "1"}
    ended = git.watch(
        repository, *BOUNDS, "diff-tree", *WORDS, stdin=lines, take=answer.take, stop=answer.is_enough, env=env
    )
    cut = "" if ended.end == "itself" else answer.last
    told = {
        (base, commit): _headed(base, commit, text.decode(errors="replace"), commit == cut)
        for base, commit in pairs
        if (text := answer.texts.get(commit)) is not None
    }
    reached = [commit for _, commit in pairs].index(cut) + 1 if cut and answer.ended else len(pairs)
    return told, pairs[reached:]


class Answer:
    """What git tells, as it comes: each diff below a line with its commit, to the first that is too long.

    No line of a diff is a commit alone, so that what agents write cannot pass for another attempt's diff.
    """

    def __init__(self) -> None:
        self.texts, self.last, self.ended = dict[str, bytearray](), "", False
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Read on, whole lines at a time."""
        if self.ended:
            return
        data = self._rest + data
        whole = data.rfind(b"\n") + 1
        self._rest = data[whole:]
        begun = 0
        for mark in MARK.finditer(data, 0, whole):
            self._keep(data[begun : mark.start()])
            self.last, begun = mark[1].decode(), mark.end()
            self.texts[self.last] = bytearray()
        self._keep(data[begun:whole])

    def _keep(self, part: bytes) -> None:
        """Keep a part of the last diff, as far as its first letters may reach."""
        if self.last:
            kept = self.texts[self.last]
            kept += part[: max(0, MOST_LETTERS * LETTER_BYTES + 1 - len(kept))]

    def is_enough(self) -> bool:
        """Tell whether more is known of the last diff than is kept; then nothing more is read."""
        self.ended = self.ended or len(self.texts.get(self.last, b"")) > MOST_LETTERS * LETTER_BYTES
        return self.ended


def _headed(base: str, commit: str, text: str, cut: bool) -> str:
    """Return a diff below the command that shows it, cut where it is long."""
    command = f"git diff {base[:12]} {commit[:12]}\n"
    cut = cut or len(text) > MOST_LETTERS
    return command + (f"{text[:MOST_LETTERS]}\n… there is more, which that command shows\n" if cut else text)
