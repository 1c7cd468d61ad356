"""The stand-in's books: batches, what became of each request, and what was paid how often."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.message_batches.wording import Answered, Outcome, choose, message, problem

CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
DAY = 86_400


@dataclass
class Options:
    """How the stand-in behaves: seconds until a batch ends, limits, lots, and what it hides for how long."""

    duration: float = 0.2
    errored: float = 0.0
    expired: float = 0.0
    max_requests: int = 100_000
    max_bytes: int = 256_000_000
    queue_limit: int = 0
    list_lag: float = 0.0
    keys: dict[str, str] = field(default_factory=dict)
    answer_length: int = 80
    seed: int = 0
    shuffle: bool = True


@dataclass
class Batch:
    """A batch: its requests as (custom id, params as JSON, their hash); times are seconds of the server's clock."""

    id: str
    workspace: str
    requests: list[tuple[str, str, bytes]]
    attempts: list[int]
    created: float
    ready: float
    version: str
    cancel_at: float | None = None
    ended: float | None = None
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def expires(self) -> float:
        """Return the end of its day."""
        return self.created + DAY

    def counts(self) -> dict[str, int]:
        """Return the counts as the service tells them: all are processing until the end."""
        found = Counter(outcome.type for outcome in self.outcomes)
        names = ("succeeded", "errored", "canceled", "expired")
        return {"processing": 0 if self.ended else len(self.requests), **{name: found[name] for name in names}}


class Books:
    """All that the stand-in knows; every method is called with the lock held."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Begin with empty books."""
        self.batches: dict[str, Batch] = {}
        self.accepted: Counter[bytes] = Counter()
        self.paid: Counter[bytes] = Counter()
        self.calls: Counter[str] = Counter()
        self.answered: list[dict[str, Any]] = []
        self.offset = 0.0
        self.landing = 0

    def now(self) -> float:
        """Return the server's clock, which can be set forward."""
        return time.time() + self.offset

    def create(self, body: bytes, version: str, workspace: str) -> Batch:
        """Make a batch of a body; raises Answered for one that the service refuses."""
        requests = self._requests(body)
        limit = self.options.queue_limit
        queued = sum(len(one.requests) for one in self.batches.values() if self.settle(one).ended is None)
        if limit and queued + len(requests) > limit:
            words = "This request would exceed your organization's limit of batch requests in the processing queue."
            raise Answered(429, words, headers={"retry-after": "1"})
        now = self.now()
        self.accepted.update(sha for _, _, sha in requests)
        attempts = [self.accepted[sha] for _, _, sha in requests]
        name = f"msgbatch_01{uuid.uuid4().hex[:22]}"
        made = Batch(name, workspace, requests, attempts, now, now + self.options.duration, version)
        self.batches[made.id] = made
        return made

    def _requests(self, body: bytes) -> list[tuple[str, str, bytes]]:
        """Read the requests of a body."""
        try:
            rows = json.loads(body)["requests"]
        except (ValueError, KeyError, TypeError) as error:
            raise Answered(400, "requests: Field required") from error
        if not rows:
            raise Answered(400, "requests: List should have at least 1 item after validation, not 0")
        if len(rows) > self.options.max_requests:
            raise Answered(400, f"requests: List should have at most {self.options.max_requests} items")
        seen: set[str] = set()
        found = []
        for number, row in enumerate(rows):
            name = row.get("custom_id")
            if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name) or name in seen:
                raise Answered(400, f"requests.{number}.custom_id: missing, malformed or used twice")
            if not isinstance(row.get("params"), dict):
                raise Answered(400, f"requests.{number}.params: Field required")
            seen.add(name)
            raw = json.dumps(row["params"], ensure_ascii=False, separators=(",", ":"))
            found.append((name, raw, hashlib.sha256(raw.encode(errors="surrogatepass")).digest()))
        return found

    def direct(self, raw: str, version: str) -> dict[str, Any]:
        """Answer one request at once; it is paid like any other."""
        sha = hashlib.sha256(raw.encode(errors="surrogatepass")).digest()
        self.accepted[sha] += 1
        outcome = choose(raw, self.accepted[sha], version, "", 0, 0)
        if outcome.type != "succeeded":
            wrong = outcome.kind == "invalid_request_error"
            raise Answered(404 if outcome.words.startswith("model: ") else 400 if wrong else 500, outcome.words)
        self.paid[sha] += 1
        answer = message(raw, outcome, uuid.uuid4().hex[:22], self.options.answer_length, "standard")
        self.answered.append(answer["usage"])
        return answer

    def find(self, name: str, workspace: str) -> Batch:
        """Return a batch of the workspace; raises Answered with 404."""
        batch = self.batches.get(name)
        if batch is None or batch.workspace != workspace:
            raise Answered(404, f"Message batch {name} not found.")
        return self.settle(batch)

    def finished(self, name: str, workspace: str) -> Batch:
        """Return a batch whose results are there; raises Answered with 404."""
        batch = self.find(name, workspace)
        if self.view(batch)["results_url"] is None:
            raise Answered(404, f"Results for {name} are not available.")
        return batch

    def cancel(self, name: str, workspace: str) -> dict[str, Any]:
        """Begin to end a batch."""
        batch = self.find(name, workspace)
        if batch.ended is not None:
            raise Answered(400, f"Batch {name} has already ended.")
        batch.cancel_at = batch.cancel_at or self.now()
        return self.view(batch)

    def delete(self, name: str, workspace: str) -> dict[str, Any]:
        """Forget an ended batch."""
        if self.find(name, workspace).ended is None:
            raise Answered(400, f"Batch {name} cannot be deleted while it is in progress.")
        del self.batches[name]
        return {"id": name, "type": "message_batch_deleted"}

    def tokens(self, body: bytes, version: str) -> dict[str, int]:
        """Count a request's tokens, after looking at it."""
        wrong = problem({"max_tokens": 1, **json.loads(body)}, version)
        if wrong:
            raise Answered(404 if wrong.startswith("model: ") else 400, wrong)
        return {"input_tokens": max(1, len(body) // 4)}

    def settle(self, batch: Batch) -> Batch:
        """End a batch whose time has come: what was reached has an outcome, the rest expired or was canceled."""
        end = min(batch.cancel_at + 0.05 if batch.cancel_at else batch.ready, batch.ready, batch.expires)
        if batch.ended is not None or self.now() < end:
            return batch
        share = 1.0 if end >= batch.ready else (end - batch.created) / max(1e-9, batch.ready - batch.created)
        reached, late = int(share * len(batch.requests)), "expired" if end >= batch.expires else "canceled"
        for number, (name, raw, sha) in enumerate(batch.requests):
            outcome = Outcome(late)
            if number < reached:
                seed = f"{self.options.seed}/{name}"
                options = self.options
                outcome = choose(raw, batch.attempts[number], batch.version, seed, options.errored, options.expired)
            self.paid[sha] += outcome.type == "succeeded"
            batch.outcomes.append(outcome)
        batch.ended = end
        return batch

    def page(self, query: dict[str, str], workspace: str) -> dict[str, Any]:
        """Return a page of the list, newest first; a batch younger than the lag is not in it yet."""
        seen = [
            one
            for one in reversed(self.batches.values())
            if one.workspace == workspace and self.now() - one.created >= self.options.list_lag
        ]
        limit = int(query.get("limit", "20"))
        if "after_id" in query:
            names = [one.id for one in seen]
            seen = seen[names.index(query["after_id"]) + 1 :] if query["after_id"] in names else []
        rows = [self.view(one) for one in seen[:limit]]
        first, last = (rows[0]["id"], rows[-1]["id"]) if rows else (None, None)
        return {"data": rows, "has_more": len(seen) > limit, "first_id": first, "last_id": last}

    def view(self, batch: Batch) -> dict[str, Any]:
        """Return what the service says of a batch; its address of results names a host that must not be asked."""
        self.settle(batch)
        gone = iso(batch.created + 29 * DAY)
        archived = batch.ended is not None and self.now() > batch.created + 29 * DAY
        status = "ended" if batch.ended is not None else "canceling" if batch.cancel_at else "in_progress"
        url = f"http://127.0.0.1:9/v1/messages/batches/{batch.id}/results"
        return {
            "id": batch.id, "type": "message_batch", "processing_status": status, "request_counts": batch.counts(),
            "created_at": iso(batch.created), "expires_at": iso(batch.expires), "ended_at": iso(batch.ended),
            "cancel_initiated_at": iso(batch.cancel_at), "archived_at": gone if archived else None,
            "results_url": None if batch.ended is None or archived else url,
        }  # fmt: skip

    def lines(self, batch: Batch) -> Iterator[bytes]:
        """Yield the result lines, in no order that means anything."""
        order = list(range(len(batch.requests)))
        if self.options.shuffle:
            random.Random(batch.id).shuffle(order)
        for number in order:
            (name, raw, _), outcome = batch.requests[number], batch.outcomes[number]
            result: dict[str, Any] = {"type": outcome.type}
            if outcome.type == "succeeded":
                tail = f"{batch.id[-12:]}{number}"
                result["message"] = message(raw, outcome, tail, self.options.answer_length, "batch")
            elif outcome.type == "errored":
                error = {"type": outcome.kind, "message": outcome.words}
                result["error"] = {"type": "error", "error": error, "request_id": f"req_{number}"}
            yield json.dumps({"custom_id": name, "result": result}, separators=(",", ":")).encode() + b"\n"

    def stats(self) -> dict[str, Any]:
        """Return the books: how much was accepted, how much paid, and how much of that more than once."""
        for batch in self.batches.values():
            self.settle(batch)
        ours = [one for one in self.batches.values() if not one.requests[0][0].startswith("other-")]
        shas = {sha for one in ours for _, _, sha in one.requests}
        return {
            "ours": [one.id for one in ours],
            "paid_ours": sum(self.paid[sha] > 0 for sha in shas),
            "running": self.landing + sum(one.ended is None for one in self.batches.values()),
            "batches": len(self.batches), "sizes": [len(one.requests) for one in self.batches.values()],
            "accepted": sum(self.accepted.values()), "different": len(self.accepted),
            "accepted_twice": sum(count - 1 for count in self.accepted.values()),
            "paid": sum(self.paid.values()), "paid_different": sum(count > 0 for count in self.paid.values()),
            "paid_twice": sum(count - 1 for count in self.paid.values() if count > 1), "calls": dict(self.calls),
        }  # fmt: skip

    def used(self) -> dict[str, int]:
        """Return the tokens by kind of all that was answered and charged for, in batches and directly."""
        found: Counter[str] = Counter()
        for usage in [*self.answered, *self._in_batches()]:
            kinds = usage["cache_creation"]
            found.update(
                requests=1, input=usage["input_tokens"], output=usage["output_tokens"],
                cache_read=usage["cache_read_input_tokens"], write_5m=kinds["ephemeral_5m_input_tokens"],
                write_1h=kinds["ephemeral_1h_input_tokens"],
            )  # fmt: skip
        return dict(found)

    def _in_batches(self) -> Iterator[dict[str, Any]]:
        """Yield the usage of each request that succeeded in a batch."""
        for batch in self.batches.values():
            for (_, raw, _), outcome in zip(batch.requests, self.settle(batch).outcomes, strict=False):
                if outcome.type == "succeeded":
                    yield message(raw, outcome, "", self.options.answer_length, "batch")["usage"]


def compact(body: bytes) -> str:
    """Return JSON as the books keep it."""
    return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))


def iso(seconds: float | None) -> str | None:
    """Return a time as the service writes it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
