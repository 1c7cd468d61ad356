"""What a provider of models is: a service that takes requests in batches, and one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from batchpack.errors import BatchpackError

Status = Literal["in_progress", "canceling", "ended"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one batch may hold (requests, bytes of its body), how many requests may wait, and days results are kept."""

    requests: int
    bytes: int
    queued: int
    results_days: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests of a batch stand where; all are `processing` until the whole batch has ended."""

    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        """Return the number of requests, which is known from the first moment."""
        return self.processing + self.succeeded + self.errored + self.canceled + self.expired


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What the service says of a batch; times are the service's own, with zone, and never compared with ours."""

    id: str
    status: Status
    counts: Counts
    created_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    archived_at: datetime | None = None


class Refused(BatchpackError):
    """The service said no: nothing was made of the request. `status` 0 says that it was not even reached.

    `kind` is the service's word for the error, `code` its finer one if it has one; `retry_after` counts seconds.
    """

    def __init__(
        self, status: int, kind: str, said: str, *, retry_after: float | None = None, code: str = "", hint: str = ""
    ) -> None:
        where = f"the service refused ({status} {kind})" if status else "the service was not reached"
        super().__init__(f"{where}: {said}", hint)
        self.status, self.kind, self.said, self.code, self.retry_after = status, kind, said, code, retry_after


class Unknown(BatchpackError):
    """No answer came, or one that cannot be understood: what was asked for may have been done, or not."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the service's answer did not arrive: {reason}", "run the command again; nothing was lost")
        self.reason = reason


class Client(Protocol):
    """A connection with credentials. Asking never retries a `create` or a `message`; all may raise Refused, Unknown."""

    account: str
    """Twelve hexadecimal digits that differ between credentials and do not reveal them."""
    base_url: str

    def create(self, body: Path) -> BatchFacts:
        """Make a batch of a file that holds the ready body; sends it once, streamed. Unknown: it may have been made."""

    def retrieve(self, batch: str) -> BatchFacts:
        """Return how a batch stands."""

    def batches(self) -> Iterator[BatchFacts]:
        """Yield the batches of the workspace, the newest first, page by page."""

    def cancel(self, batch: str) -> BatchFacts:
        """Ask for the end of a batch."""

    def results(self, batch: str) -> Iterator[bytes]:
        """Yield the raw lines of an ended batch's results, in any order, without line ends; Unknown if cut short."""

    def count_tokens(self, params: Mapping[str, Any]) -> int:
        """Return the input tokens of a request, free of charge; refuses what the service would not understand."""

    def message(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for one answer at once, at the full price; returns the message as the service wrote it."""


class Provider(Protocol):
    """A service of models; nothing of it is imported or asked before one of these is called."""

    NAME: str
    TITLE: str
    LIMITS: Limits

    def serves(self, model: str) -> bool:
        """Tell whether a model's name looks like one of this service."""

    def check(self, params: Mapping[str, Any]) -> list[str]:
        """Return what the service would refuse in the parameters of a request of a batch, one sentence each."""

    def answer_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters that ask for answers of a JSON schema; raises BatchpackError for one it cannot hold."""

    def connect(self, base_url: str | None = None) -> Client:
        """Return a connection with the credentials of the environment; raises BatchpackError when there are none."""
