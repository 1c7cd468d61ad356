"""A job on disk: its folder, its settled facts, its lock and journal; and how a word leads to it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from batchpack import projects
from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.files import fingerprint, locked, read_text, write_atomic
from batchpack.messages import journal
from batchpack.messages.journal import Event
from batchpack.messages.state import State, fold

ROOT = Path(".batchpack/messages")
LATEST = "latest"
SCHEMA = 1
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class UnknownJob(BatchpackError):
    """A word that leads to no job."""

    def __init__(self, word: str) -> None:
        super().__init__(f"there is no job {word[:80]!r} here", "see the jobs there are: batchpack messages list")


class AmbiguousJob(BatchpackError):
    """A word that leads to several jobs."""

    def __init__(self, word: str, found: list[str]) -> None:
        super().__init__(
            f"{word!r} means {len(found)} jobs: {', '.join(found[:8])}", "give the whole name of one of them"
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is settled when a job begins and never changes; times are UTC, `sha256` are 64 hexadecimal digits.

    `items` has kind, source, sha256, count and key; `template` has path and sha256; `params` holds every parameter of a
    request but its messages. `account` tells credentials apart without revealing them; `nonce` marks what is ours.
    """

    job: str
    created: str
    provider: str
    account: str
    base_url: str
    nonce: str
    items: dict[str, Any]
    template: dict[str, Any]
    params: dict[str, Any]
    schema_source: str | None
    shard_size: int
    mode: str = "batch"

    @property
    def identity(self) -> str:
        """Return what two jobs share that ask the same of the same items."""
        return identity(self.items["sha256"], self.template["sha256"], self.params, self.mode)


def identity(items: str, template: str, params: dict[str, Any], mode: str = "batch") -> str:
    """Return one hash of all that decides what is asked, from the hashes of items and template and the parameters."""
    return fingerprint(json.dumps([items, template, params, mode], sort_keys=True).encode())


@dataclass(frozen=True)
class Job:
    """A job's folder; its facts are read once, its state anew each time."""

    folder: Path

    @property
    def id(self) -> str:
        """Return the job's name."""
        return self.folder.name

    @cached_property
    def facts(self) -> Facts:
        """Read what was settled at the start; raises BrokenFile."""
        path = self.folder / "job.json"
        try:
            found = json.loads(read_text(path))
            return Facts(**{one.name: found[one.name] for one in fields(Facts)})
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenFile(path, f"it does not say what a job must: {error}") from error

    @property
    def way(self) -> str:
        """Return the words that go on with the job, behind `batchpack messages`."""
        return f"resume {self.id}" if self.facts.mode == "batch" else f"{self.facts.mode} --resume {self.id}"

    @property
    def journal(self) -> Path:
        """Return the journal's path."""
        return self.folder / "journal.jsonl"

    def body(self, shard: str) -> Path:
        """Return the path of the ready body of a shard, given as `<round>-<number>`; one request a line."""
        return self.folder / "spool" / f"{shard}.json"

    def keys(self, shard: str) -> Path:
        """Return the path of a shard's items: `<number of the item, from 0>\\t<its key as JSON>` for each request."""
        return self.folder / "spool" / f"{shard}.keys"

    def results(self, shard: str) -> Path:
        """Return the path of a shard's raw result lines; the file is complete or absent."""
        return self.folder / "results" / f"{shard}.jsonl"

    @property
    def schema(self) -> Path:
        """Return the path of the JSON schema that answers must fit, as it was given; absent without one."""
        return self.folder / "schema.json"

    @property
    def answers(self) -> Path:
        """Return the path of the answers, one line an item, in the order of the items."""
        return self.folder / "answers.jsonl"

    @property
    def failed(self) -> Path:
        """Return the path of the items without an answer."""
        return self.folder / "failed.jsonl"

    @property
    def report(self) -> Path:
        """Return the path of the report for people."""
        return self.folder / "report.md"

    def locked(self) -> AbstractContextManager[None]:
        """Hold the job: one process at a time sends and collects; raises Busy at once."""
        return locked(self.folder / ".lock", f"job {self.id}", wait=0.3)

    def state(self) -> State:
        """Fold the journal; raises BrokenFile."""
        try:
            return fold(journal.read(self.journal))
        except (KeyError, TypeError, IndexError) as error:
            raise BrokenFile(self.journal, f"an event does not say what it must: {error}") from error

    def record(self, event: str, **facts: object) -> Event:
        """Append an event to the journal, force it to disk and return it."""
        return journal.append(self.journal, event, **facts)

    def custom_id(self, round_: int, shard: int, index: int) -> str:
        """Return the id of a request by which its result is known; keys of the user's never leave the machine."""
        return f"{self.facts.nonce}-r{round_}-s{shard}-{index}"


def new_id() -> str:
    """Make a job's name: the time in UTC and four hexadecimal digits, the first a letter so that it is no year."""
    high, low = os.urandom(2)
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{10 + high % 6:x}{high >> 4:x}{low:02x}"


def check_name(word: str) -> str:
    """Return a word that may name a job; raises UsageError for one that could lead elsewhere as a folder's name."""
    if not _WORD.fullmatch(word) or ".." in word or word.endswith(".lock") or word == LATEST:
        raise UsageError(f"{word[:80]!r} is not the name of a job", "names look like reviews or 20260102T030405-a1b2")
    return word


def write(folder: Path, facts: Facts, shards: list[dict[str, Any]] | None = None, *, canary: bool = False) -> Job:
    """Write the facts of a job whose first round lies ready: from then on it is a job; before, nothing was sent."""
    folder.mkdir(parents=True, exist_ok=True)
    projects.remember(folder.parents[len(ROOT.parts)])
    journal_path = folder / "journal.jsonl"
    journal_path.unlink(missing_ok=True)
    journal.append(journal_path, "began", job=facts.job)
    if shards is not None:
        journal.append(journal_path, "submitted_round", round=1, shards=shards, canary=canary)
    write_atomic(folder / "job.json", json.dumps({"schema": SCHEMA, **asdict(facts)}, indent=2) + "\n")
    return Job(folder)


def of_project(project: Path) -> list[Job]:
    """Return the jobs of a project, oldest first; a folder without facts is no job yet."""
    return sorted(_jobs(project / ROOT), key=lambda job: (job.folder / "job.json").stat().st_mtime_ns)


def _jobs(root: Path) -> Iterator[Job]:
    """List the jobs in a folder."""
    if root.is_dir():
        yield from (Job(path.parent) for path in root.glob("*/job.json") if not path.parent.name.startswith("."))


def find(word: str, project: Path) -> Job:
    """Return the job that a word means: its name, the start of it, its last four digits, or `latest`.

    Raises UnknownJob or AmbiguousJob.
    """
    jobs = of_project(project)
    if word == LATEST and jobs:
        return jobs[-1]
    exact = [job for job in jobs if job.id == word]
    found = exact or [job for job in jobs if word and (job.id.startswith(word) or job.id.rpartition("-")[2] == word)]
    if len(found) > 1:
        raise AmbiguousJob(word, [job.id for job in found])
    if not found:
        raise UnknownJob(word)
    return found[0]
