"""Sending: intent, request and outcome in that order, in waves, and never while anything is in doubt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.messages import submit
from batchpack.messages.desk import Desk, Paused
from tests.support.message_batches import Service
from tests.support.message_desks import desk_of


@pytest.fixture
def service() -> Iterator[Service]:
    """Start the stand-in."""
    with Service(duration=0.1) as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> Desk:
    """Make a job of shards of 4, 3 and 2 requests."""
    return desk_of(tmp_path, monkeypatch, service.url, [], nap=lambda _: time.sleep(0.02))


def test_all_is_sent_once(desk: Desk, service: Service) -> None:
    """Each shard has an intent before and a batch after; sending again sends nothing."""
    submit.send_all(desk)
    submit.send_all(desk)
    names = [event["event"] for event in desk.job.state().events]

    assert [4, 3, 2] == service.stats()["sizes"]
    assert ["began", "submitted_round", *["intent", "created"] * 3] == names


def test_the_mark_of_an_intent(desk: Desk) -> None:
    """An intent notes the newest batch there was, the anchor of a later search."""
    submit.send_all(desk)
    events = desk.job.state().events
    intents = [event["after"] for event in events if event["event"] == "intent"]
    batches = [event["batch"] for event in events if event["event"] == "created"]

    assert [None, *batches[:2]] == [mark and mark["id"] for mark in intents]


def test_waves(desk: Desk, service: Service) -> None:
    """No more wait at the service than the queue limit allows; the next goes when one has ended."""
    desk.queue_limit, service.books.options.queue_limit = 7, 7

    submit.send_all(desk)

    assert [4, 3, 2] == service.stats()["sizes"]
    assert 0 == sum(event["event"] == "refused" for event in desk.state.events)
    assert any(event["event"] == "ended" for event in desk.state.events)


def test_what_fits(desk: Desk, service: Service) -> None:
    """Without waiting, what fits is sent, and the rest is sent when it fits."""
    desk.queue_limit = 7

    assert not submit.send_what_fits(desk)
    assert [4, 3] == service.stats()["sizes"]
    time.sleep(0.15)
    for shard in desk.state.shards():
        if shard.batch:
            desk.look(shard)
    assert submit.send_what_fits(desk)


def test_a_refusal_that_nothing_mends_pauses(desk: Desk, service: Service) -> None:
    """The rest stays unsent, nothing is in doubt, and the next run goes on where it stopped."""
    service.fault("status", status=401)

    with pytest.raises(Paused):
        submit.send_all(desk)

    assert all(shard.intent is None for shard in desk.state.shards())
    submit.send_all(desk)
    assert 0 == service.stats()["accepted_twice"]


def test_a_service_that_only_fails(desk: Desk, service: Service) -> None:
    """After so many answers that say nothing the job pauses, instead of trying forever."""
    service.fault("html", times=99)

    with pytest.raises(Paused, match="gets no answer"):
        submit.send_all(desk)
    assert 0 == service.stats()["batches"]


def test_a_changed_body_is_not_sent(desk: Desk, service: Service) -> None:
    """What was edited since it was written would answer other items: it is refused before it is sent."""
    path = desk.job.body("1-2")
    path.write_bytes(path.read_bytes().replace(b"document", b"dokument"))

    with pytest.raises(BrokenFile):
        submit.send_all(desk)
    assert [4] == service.stats()["sizes"]


def test_a_foreign_find_is_made_good(desk: Desk, service: Service) -> None:
    """A shard that had taken another's batch is sent when that is known."""
    shard = desk.state.shard(1, 1)
    desk.record("intent", round=1, shard=1, requests=4, sha256=shard.sha256, after=None)
    service.decoy(4)

    submit.send_all(desk)
    while not submit.settle(desk):
        submit.send_all(desk)
        time.sleep(0.02)
    time.sleep(0.2)

    assert 9 == service.stats()["paid_ours"]
    assert 0 == service.stats()["accepted_twice"]
