"""Where a job stands: each event moves its shard, and a find that was foreign puts it in doubt again."""

from __future__ import annotations

from typing import Any

import pytest

from batchpack.messages.state import Shard, State, fold

ROWS = [{"shard": number, "requests": 10 - number, "bytes": 1, "sha256": "x"} for number in (1, 2)]


def after(*events: tuple[str, dict[str, Any]]) -> State:
    """Fold events behind the beginning of a round of two shards."""
    begun = {"at": "t0", "event": "submitted_round", "round": 1, "shards": ROWS, "canary": True}
    rest = [{"at": f"t{number}", "event": name, **facts} for number, (name, facts) in enumerate(events, 1)]
    return fold([begun, *rest])


WHICH = {"round": 1, "shard": 1}
INTENT = ("intent", {**WHICH, "after": None})
CREATED = ("created", {**WHICH, "batch": "b1", "how": "direct"})
FOUND = ("created", {**WHICH, "batch": "b1", "how": "provisional"})


def first(state: State) -> Shard:
    """Return the first shard."""
    return state.shard(1, 1)


def test_a_new_round() -> None:
    """Its shards are unsent, in order; its canary is known."""
    state = after()

    assert [("1-1", 9), ("1-2", 8)] == [(one.name, one.requests) for one in state.unsent]
    assert {1} == state.canary_rounds
    assert set() == state.known


@pytest.mark.parametrize(
    ("events", "doubt", "batch"),
    [
        ([INTENT], True, None),
        ([INTENT, ("refused", WHICH)], False, None),
        ([INTENT, ("unmade", WHICH)], False, None),
        ([INTENT, CREATED], False, "b1"),
        ([INTENT, FOUND], False, "b1"),
        ([INTENT, FOUND, ("foreign", {"batch": "b1"})], True, None),
        ([INTENT, ("foreign", {"batch": "b9"})], True, None),
    ],
)
def test_doubt(events: list[tuple[str, dict[str, Any]]], doubt: bool, batch: str | None) -> None:
    """After an intent a shard is in doubt until it was refused, found or not made; a foreign find brings it back."""
    shard = first(after(*events))

    assert (doubt, batch) == (shard.intent is not None, shard.batch)


def test_what_is_proven() -> None:
    """What the service answered is proven, what was found by its size only after its results were seen."""
    assert first(after(INTENT, CREATED)).proven
    assert not first(after(INTENT, FOUND)).proven
    assert first(after(INTENT, FOUND, ("confirmed", WHICH))).proven
    assert first(after(INTENT, ("created", {**WHICH, "batch": "b1", "how": "adopted"}))).proven


def test_the_end_of_a_batch() -> None:
    """Counts, end, rows and cancellation belong to the shard of the batch; a batch of nobody's changes nothing."""
    end = {"batch": "b1", "counts": {"succeeded": 9}, "ended_at": "t"}
    state = after(INTENT, CREATED, ("ended", end), ("cancel", {"batch": "b1"}), ("ended", {**end, "batch": "b7"}))
    collected = after(INTENT, CREATED, ("ended", end), ("collected", {**WHICH, "rows": 9, "sha256": "y"}))

    assert (True, True, False) == (first(state).ended, first(state).canceled, first(state).collected)
    assert (9, "y") == (first(collected).rows, first(collected).rows_sha256)
    assert {"b1"} == state.known


def test_a_pause_ends_with_the_next_step() -> None:
    """Paused is a job until it sends again; a new round means that it is not done."""
    paused = ("paused", {"reason": "r", "hint": "h"})

    assert after(paused).paused
    assert after(paused, INTENT).paused is None
    assert fold([*after(("done", {})).events, after().events[0]]).done is None
