"""Looking for a batch whose answer was lost: proved by its ids, never by its size alone, and looked for long enough."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack.messages import reconcile
from batchpack.messages.desk import Desk, Paused
from batchpack.messages.state import Shard
from tests.support.message_batches import Service
from tests.support.message_desks import desk_of


@pytest.fixture
def service() -> Iterator[Service]:
    """Start the stand-in; its batches end at once."""
    with Service(duration=0.0) as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> Desk:
    """Make a job of shards of 4, 3 and 2 requests, and let little time pass where it waits."""
    return desk_of(tmp_path, monkeypatch, service.url, [], nap=lambda _: time.sleep(0.005), grace=0.05)


def doubtful(desk: Desk, number: int = 1) -> Shard:
    """Put a shard in doubt, as a crash after its intent does."""
    shard = desk.state.shard(1, number)
    desk.record("intent", round=1, shard=number, requests=shard.requests, after=reconcile.newest(desk))
    return shard


def send(desk: Desk, shard: Shard) -> str:
    """Let the service make the batch of a shard behind our back."""
    return desk.client.create(desk.job.body(shard.name)).id


def test_a_batch_that_was_never_made(desk: Desk, service: Service) -> None:
    """After the grace without a find, the shard may be sent; not before."""
    service.decoy(4)
    shard = doubtful(desk)
    begun = time.monotonic()

    reconcile.resolve(desk, shard)

    assert time.monotonic() - begun >= desk.grace
    assert (None, None) == (shard.intent, shard.batch)


def test_a_find_is_proved_by_its_results(desk: Desk, service: Service) -> None:
    """Of two batches of its size the shard takes the one with its ids, wherever the other stands."""
    shard = doubtful(desk)
    before, ours, after = service.decoy(4).id, send(desk, shard), service.decoy(4).id

    reconcile.resolve(desk, shard)

    assert (ours, "adopted", True) == (shard.batch, shard.how, shard.proven)
    assert desk.state.foreign <= {before, after}


def test_a_running_find_is_provisional(desk: Desk, service: Service) -> None:
    """While it runs nothing proves it: it is taken, nothing is sent, and its end decides."""
    service.books.options.duration = 60
    shard = doubtful(desk)
    decoy = service.decoy(4).id

    reconcile.resolve(desk, shard)
    taken = shard.batch, shard.how, shard.proven
    service.advance(120)
    desk.look(shard)
    proved = reconcile.confirm(desk, shard)

    assert (decoy, "provisional", False) == taken
    assert not proved
    assert (None, True, {decoy}) == (shard.batch, shard.intent is not None, desk.state.foreign)


def test_a_running_find_that_is_ours(desk: Desk, service: Service) -> None:
    """Proved at its end, it is ours for good."""
    service.books.options.duration = 60
    shard = doubtful(desk)
    ours = send(desk, shard)

    reconcile.resolve(desk, shard)
    service.advance(120)
    desk.look(shard)

    assert reconcile.confirm(desk, shard)
    assert (ours, True) == (shard.batch, shard.proven)


def test_what_is_listed_late(desk: Desk, service: Service) -> None:
    """A batch that the list hides for a while is found within the grace."""
    service.books.options.list_lag, desk.grace = 0.15, 0.6
    shard = doubtful(desk)
    ours = send(desk, shard)

    reconcile.resolve(desk, shard)

    assert ours == shard.batch


def test_the_clocks_do_not_count(desk: Desk, service: Service) -> None:
    """Days between the service's clock and ours hide nothing."""
    service.decoy(7)
    for days in (-3, 5):
        service.advance(days * 86_400)
        shard = doubtful(desk, 1 if days < 0 else 2)
        ours = send(desk, shard)
        reconcile.resolve(desk, shard)

        assert ours == shard.batch


def test_a_list_that_cannot_be_read_says_nothing(desk: Desk, service: Service) -> None:
    """Not to have seen a batch counts only when the list was seen."""
    shard = doubtful(desk)
    ours = send(desk, shard)
    service.fault("drop_before", "list", times=6)

    reconcile.resolve(desk, shard)

    assert ours == shard.batch


def test_a_find_that_nothing_can_prove(desk: Desk, service: Service) -> None:
    """An ended batch whose results are gone pauses the job: neither to take it nor to send again is safe."""
    shard = doubtful(desk)
    send(desk, shard)
    service.advance(30 * 86_400)

    with pytest.raises(Paused, match="cannot be known"):
        reconcile.resolve(desk, shard)


def test_the_newest_batch(desk: Desk, service: Service) -> None:
    """Before an intent the newest batch is noted; where there is none, nothing is."""
    assert reconcile.newest(desk) is None
    service.decoy(1)
    last = service.decoy(2).id

    assert last == (reconcile.newest(desk) or {})["id"]
