"""The canary: one request goes ahead; when it is refused, nothing else is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack.messages import submit
from batchpack.messages.desk import Desk, Paused
from tests.support.message_batches import Service
from tests.support.message_desks import desk_of


@pytest.fixture
def service() -> Iterator[Service]:
    """Start the stand-in."""
    with Service(duration=0.02) as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> Desk:
    """Make a job with a canary."""
    return desk_of(tmp_path, monkeypatch, service.url, [], nap=lambda _: time.sleep(0.02), canary=True)


def replaced(desk: Desk, service: Service, marker: str) -> None:
    """Let the service do with the first request what a marker says: its results are what counts here."""
    original = service.books.create

    def create(body: bytes, version: str, workspace: str) -> object:
        return original(body.replace(b"document 0", b"document 0 " + marker.encode()), version, workspace)

    service.books.create = create  # type: ignore[method-assign, assignment]


def test_one_goes_ahead(desk: Desk, service: Service) -> None:
    """The first request is a batch of its own; the others follow its end, and it is paid once like them."""
    submit.send_all(desk)
    events = [event["event"] for event in desk.state.events]

    assert [1, 4, 3] == service.stats()["sizes"][:3]
    assert events.index("canary") < [at for at, name in enumerate(events) if name == "intent"][1]
    assert 0 == service.stats()["accepted_twice"]


@pytest.mark.parametrize("marker", ["[[fake:errored:invalid_request_error]]"])
def test_a_refused_canary_stops_all(desk: Desk, service: Service, marker: str) -> None:
    """Nothing else is sent, also not by the next run; --no-canary sends the rest all the same."""
    replaced(desk, service, marker)
    for _ in range(2):
        with pytest.raises(Paused, match="the first request was refused"):
            submit.send_all(desk)
    assert [1] == service.stats()["sizes"]
    desk.canary = False

    submit.send_all(desk)

    assert 9 == sum(service.stats()["sizes"])


def test_a_canary_without_credit(desk: Desk, service: Service) -> None:
    """It pauses for the account's sake; once that is mended the next run goes on."""
    replaced(desk, service, "[[fake:credit]]")
    with pytest.raises(Paused, match="credit balance"):
        submit.send_all(desk)

    submit.send_all(desk)

    assert 9 == sum(service.stats()["sizes"])


@pytest.mark.parametrize("marker", ["[[fake:expired]]", "[[fake:refusal]]"])
def test_a_canary_that_is_no_verdict(desk: Desk, service: Service, marker: str) -> None:
    """What expired or was answered says nothing against the others."""
    replaced(desk, service, marker)

    submit.send_all(desk)

    assert 9 == sum(service.stats()["sizes"])
