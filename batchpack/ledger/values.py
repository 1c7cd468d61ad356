"""What goes into the ledger and what it answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from batchpack.collector import Complaint, Cursor, Portion, Session, Source

Key = Literal["host", "session", "part", "agent", "model", "day", "project", "run", "task", "attempt", "batch"]
"""What totals can be grouped by. `batch` is "yes" for requests of a batch service, else "no"; what is not known is
empty, as is the `day` of a request without a time."""
KEYS: tuple[Key, ...] = get_args(Key)
ATTEMPT = "attempt:"
"""What the key of a request begins with that only says what a whole session used, as `attempt:<run>:<task>:<number>`.

It counts only as long as nothing else is known of its session: once there is a request from the host's own records, in
whichever of its parts, it is left out of every sum. So a session that two collectors tell of counts once.
"""


class Where(NamedTuple):
    """What to count: times in seconds since the epoch, `since` inclusive and `until` exclusive; None: all.

    Requests without a time are in no span. `project` is a folder, and takes in what is below it.
    """

    since: float | None = None
    until: float | None = None
    project: str | None = None
    run: str | None = None
    host: str | None = None
    session: str | None = None
    task: str | None = None
    attempt: int | None = None


EVERYTHING = Where()


class Row(NamedTuple):
    """The sums of one group: requests and tokens as `collector.Used` tells them, `key` its values in the order asked.

    `dollars` is the price of the `priced_requests` by the shipped list, each in its own tier; `standard` what they
    cost without the discount of a batch. None: none of them has a price. `said_dollars` is what hosts say that
    `said_requests` of them cost.
    """

    key: tuple[str, ...]
    requests: int = 0
    input: int = 0
    output: int = 0
    cache_read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    web_searches: int = 0
    sessions: int = 0
    priced_requests: int = 0
    dollars: Decimal | None = None
    standard: Decimal | None = None
    said_requests: int = 0
    said_dollars: Decimal | None = None


class SessionRow(NamedTuple):
    """A session, or one part of it, with the times of its first and last request and its sums (`sums.key` is empty).

    The run, task and attempt in `session` are its own, or those of the one that started it.
    """

    session: Session
    first_at: float | None
    last_at: float | None
    sums: Row


class Told(NamedTuple):
    """A complaint as it is kept; `whole` where the source as a whole could not be read, `times` it was told."""

    collector: str
    source: str
    complaint: Complaint
    at: float
    times: int = 1
    whole: bool = False


class Taking(NamedTuple):
    """A portion to store, if its source was read up to `before` until now; `done`: nothing of the source is left."""

    collector: str
    source: Source
    portion: Portion
    before: Cursor | None
    done: bool = True


class Taken(NamedTuple):
    """What became of a portion: `kept`, or somebody went on from there meanwhile; new requests and new complaints."""

    kept: bool
    requests: int = 0
    complaints: tuple[Told, ...] = ()


class Pruned(NamedTuple):
    """How much was removed for good."""

    requests: int
    sessions: int
    marks: int
