"""One direct request until it has a result, by the real SDK against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from batchpack import manager
from batchpack.messages.asking import Asker, Paused
from batchpack.messages.gate import Gate
from tests.support.message_batches import Service

PARAMS = {"model": "claude-haiku-5-5", "max_tokens": 99, "messages": [{"role": "user", "content": "one"}]}


@pytest.fixture
def service() -> Iterator[Service]:
    """The stand-in."""
    with Service() as found:
        yield found


class Desk:
    """An asker with a gate that allows four, and the journal that it writes."""

    def __init__(self, service: Service, monkeypatch: pytest.MonkeyPatch, patience: float = 900) -> None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.gate = Gate(4)
        client = manager.load().providers["anthropic"].connect(service.url)
        self.asker = Asker(client, self.gate, self._note, patience=patience)

    def _note(self, event: str, **facts: Any) -> None:
        self.events.append((event, facts))

    def ask(self, text: str = "one") -> dict[str, Any]:
        """Ask for the answer to a text."""
        return self.asker.ask({**PARAMS, "messages": [{"role": "user", "content": text}]}, index=7)

    def hows(self) -> list[str]:
        """List what came back, attempt by attempt."""
        return [str(facts["how"]) for event, facts in self.events if event == "answered"]


@pytest.fixture
def desk(service: Service, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An asker of the stand-in."""
    return Desk(service, monkeypatch)


def test_an_answer_is_a_result_and_its_intent_comes_first(desk: Desk, service: Service) -> None:
    """The result has the form of a batch's, the intent names the request, and one was paid."""
    result = desk.ask()
    assert ("succeeded", "end_turn") == (result["type"], result["message"]["stop_reason"])
    assert [("direct_intent", {"index": 7})] == desk.events
    assert (1, 0) == (service.stats()["paid"], service.stats()["paid_twice"])


@pytest.mark.parametrize("status", [429, 529])
def test_a_limit_is_a_pause_for_all(desk: Desk, service: Service, status: int) -> None:
    """Refusals halve the gate, are waited out as asked, and are no failure; the journal has each."""
    service.fault("status", "messages", status=status, retry_after=0.05, times=2)
    assert "succeeded" == desk.ask()["type"]
    assert ["refused", "refused"] == desk.hows()
    assert desk.gate.allowed < 4
    assert 1 == service.stats()["paid"]


def test_a_request_that_is_wrong_is_its_own_fault(desk: Desk, service: Service) -> None:
    """400 is the item's result with the service's reason; it is sent once, and the gate stays open."""
    result = desk.asker.ask({**PARAMS, "max_tokens": 0}, index=1)
    assert "invalid_request_error" == result["error"]["error"]["type"]
    assert "max_tokens" in result["error"]["error"]["message"]
    assert 1 == service.stats()["calls"]["messages"]
    assert 0 == desk.gate.running


def test_an_answer_that_is_lost_may_be_paid_twice_and_the_journal_says_so(desk: Desk, service: Service) -> None:
    """A connection that breaks after the work is asked again; the attempt stands as unknown in the journal."""
    service.fault("drop_after", "messages")
    assert "succeeded" == desk.ask()["type"]
    assert ["unknown"] == desk.hows()
    assert 1 == service.stats()["paid_twice"]


def test_lost_answers_end_after_three(desk: Desk, service: Service) -> None:
    """Three answers that did not arrive are a failure of the item that says what may have been paid."""
    service.fault("status_after", "messages", status=504, times=9)
    desk.gate.allowed = 1
    result = desk.ask()
    assert "each may have been paid" in result["error"]["error"]["message"]
    assert (["unknown"] * 3, 3) == (desk.hows(), service.stats()["calls"]["messages"])


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"status": 401}, "authentication"),
        ({"status": 403}, "permission"),
        ({"status": 402}, "credit"),
        ({"status": 400, "message": "Your credit balance is too low to access the API"}, "credit"),
        ({"status": 429, "details": {"error_code": "enforced_spend_limit_reached"}}, "spend_limit"),
        ({"status": 404, "message": "model: claude-nope"}, "not_found"),
    ],
)
def test_what_no_request_would_survive_pauses_the_job(
    desk: Desk, service: Service, facts: dict[str, Any], kind: str
) -> None:
    """Key, permission, credit, spend limit and an unknown model stop everything, with what to do."""
    service.fault("status", "messages", **facts)
    with pytest.raises(Paused) as caught:
        desk.ask()
    assert kind == caught.value.kind
    assert caught.value.hint
    assert (0, 0) == (desk.gate.running, service.stats()["paid"])


def test_patience_ends(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that does nothing but refuse pauses the job after a while, instead of asking for ever."""
    desk = Desk(service, monkeypatch, patience=0.2)
    service.fault("status", "messages", status=529, retry_after=0.05, times=999)
    with pytest.raises(Paused, match="no answer for"):
        desk.ask()


def test_a_service_that_is_not_there_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is a refusal, not an unknown: nothing can have been paid; after a while the job pauses."""
    with Service() as gone:
        pass
    desk = Desk(gone, monkeypatch, patience=0.01)
    with pytest.raises(Paused, match="not reached"):
        desk.ask()
    assert {"refused"} == set(desk.hows())
