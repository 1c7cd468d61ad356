"""The canary: one request goes ahead as a batch of its own, since a batch is only looked into while it runs.

It is the job's first item, costs what it would cost among the others, and its answer is kept like any other.
"""

from __future__ import annotations

import json
from typing import Any

from batchpack.messages import reconcile
from batchpack.messages.desk import PATIENCE, Desk, Paused, backoff
from batchpack.messages.state import Shard
from batchpack.provider import Refused, Unknown


def await_canary(desk: Desk, shard: Shard) -> None:
    """Wait for the canary's end; raises Paused when its request is refused, as all others would be."""
    desk.tell("waiting for the first request before the others are sent (--no-canary does not wait)")
    for tried in range(1_000_000):
        if desk.look(shard).status == "ended":
            break
        desk.nap(min(desk.poll, backoff(tried) / 4))
    if not reconcile.confirm(desk, shard):
        return
    kind, said, failed = _outcome(_result(desk, shard))
    if kind == "invalid_request_error" and not money(said):
        raise _refused(desk, said)
    desk.record("canary", result=kind, message=said[:500])
    if failed:
        raise desk.pause(f"the first request failed ({kind}): {said}", "nothing was paid; mend what it says")


def _outcome(result: dict[str, Any]) -> tuple[str, str, bool]:
    """Return the kind of a result, what it says, and whether it is an error."""
    if result["type"] != "errored":
        return str(result["type"]), "", False
    error = result["error"]["error"]
    return str(error["type"]), str(error["message"]), True


def _refused(desk: Desk, said: str) -> Paused:
    """Return the error for a request that the service will never take."""
    return desk.pause(
        f"the first request was refused: {said}",
        "nothing was paid and nothing else was sent; begin a new job with other parameters, or go on with --no-canary",
    )


def money(said: str) -> bool:
    """Tell whether a refusal is about credit: it comes dressed as an invalid request."""
    return "credit balance" in said.lower() or "spend limit" in said.lower()


def _result(desk: Desk, shard: Shard) -> dict[str, Any]:
    """Return the canary's result."""
    for tried in range(PATIENCE):
        try:
            lines = list(desk.client.results(shard.batch or ""))
            found: dict[str, Any] = json.loads(lines[0])["result"]
            return found
        except Refused as error:
            desk.after_refusal(error, tried)
        except (Unknown, ValueError, KeyError, IndexError):
            desk.nap(backoff(tried))
    raise desk.pause("the first request's result cannot be read", "try again later")
