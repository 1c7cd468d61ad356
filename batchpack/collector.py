"""What a collector is: what reads how much models were used, from the records that a host or a service leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Cursor = Mapping[str, Any]
"""How far a source was read, in the collector's own words; values that JSON can hold."""

MOST_TOKENS = 10**12
"""Above this a count is no measurement, be it the sum of many requests."""
MOST_OF_ONE = 10**8
"""Above this a count of one request is none: what models read at once is far below."""


class Session(NamedTuple):
    """One conversation with a model: a session of a host, or one of the subagents in it.

    `host` and `id` are the host's; two hosts may use one id. `part` is the id of the subagent in the session, empty for
    the session's own thread. `parent` is the `part` or the session id of the one that started it, `call` the id of the
    tool call that did. `agent` is the agent's name, `project` the folder it worked in; `run`, `task` and `attempt` say
    for what it worked, as far as its prompt or its environment names them. Empty (attempt: 0): not known.
    """

    host: str
    id: str
    part: str = ""
    parent: str = ""
    call: str = ""
    agent: str = ""
    project: str = ""
    run: str = ""
    task: str = ""
    attempt: int = 0


class Used(NamedTuple):
    """What one request used, each token counted once; `key` names the request within its host for good.

    A request that is told again under its key counts once: of each count the highest holds. `at` is in seconds since
    the epoch. `input` is neither read from nor written to the cache; `output` has the tokens of reasoning in it.
    `dollars` is what the host itself says that it cost, None where it does not say. `requests` is more than 1 where
    only a sum is told.
    """

    session: Session
    key: str
    at: float
    model: str
    input: int = 0
    output: int = 0
    cache_read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    web_searches: int = 0
    geography: str = ""
    batch: bool = False
    dollars: float | None = None
    requests: int = 1


class Mark(NamedTuple):
    """An event in a session, such as `agent_started`; `at` in seconds since the epoch."""

    session: Session
    event: str
    at: float


class Complaint(NamedTuple):
    """What of a source could not be read, told to the reader once; `where` is a line, a row or nothing."""

    reason: str
    where: str = ""


Fact = Session | Used | Mark | Complaint


class Source(NamedTuple):
    """A file or record to read; `stamp` changes whenever there may be more in it, and is cheap to make."""

    key: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Some facts of a source in their order, and how far it is read with them: both are stored, or neither."""

    facts: tuple[Fact, ...]
    cursor: Cursor


class Collector(Protocol):
    """A reader of one kind of records. It keeps nothing: what it yields twice counts once."""

    NAME: str
    TITLE: str

    def sources(self) -> Iterable[Source]:
        """List what there is to read on this machine, by looking only; nothing where the host was never used."""

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Read on from a cursor (None: from the start), in portions of bounded size, passing over what is half-written.

        Yields Complaints for what makes no sense, and goes on behind it. Raises BatchpackError or OSError where the
        source as a whole cannot be read now; it is tried again when its stamp changes.
        """
