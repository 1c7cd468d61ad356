"""What the journal of direct requests leaves in doubt."""

from __future__ import annotations

from batchpack.messages.doubts import doubtful, hanging
from batchpack.messages.journal import Event


def sent(index: int) -> Event:
    """Make the event of a sending."""
    return {"at": "", "event": "direct_intent", "round": 1, "shard": 1, "index": index}


def back(index: int, how: str) -> Event:
    """Make the event of what came back."""
    return {**sent(index), "event": "answered", "how": how}


def test_an_answer_and_a_refusal_leave_no_doubt() -> None:
    """What was answered, refused, or found on disk after a kill was paid once or not at all."""
    events = [sent(0), back(0, "message"), sent(1), back(1, "refused"), sent(2), back(2, "found")]
    assert (0, set()) == (doubtful(events), hanging(events))


def test_each_lost_answer_counts() -> None:
    """Two answers that were lost on the way of one request are two that may have been paid, and it does not hang."""
    events = [sent(0), back(0, "unknown"), sent(0), back(0, "unknown"), sent(0), back(0, "message")]
    assert (2, set()) == (doubtful(events), hanging(events))


def test_what_a_kill_cut_off_hangs_and_counts() -> None:
    """A sending without a word after it hangs; sent anew and answered it hangs no more, and still counts once."""
    assert (1, {(1, 1, 5)}) == (doubtful([sent(5)]), hanging([sent(5)]))
    events = [sent(5), sent(5), back(5, "message")]
    assert (1, set()) == (doubtful(events), hanging(events))


def test_other_events_do_not_matter() -> None:
    """The events of batches are nothing of this."""
    assert 0 == doubtful([{"at": "", "event": "intent", "round": 1, "shard": 1}])
