"""Anthropic's page: the real SDK against the stand-in; what was refused is told from what nobody knows."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.errors import BatchpackError
from batchpack.provider import Client, Provider, Refused, Unknown
from tests.support.message_batches import Service

MODEL = "claude-haiku-5-5"
PARAMS: dict[str, Any] = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Return the page, with a key and no other settings in the environment."""
    for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-nobody")
    return manager.load().providers["anthropic"]


@pytest.fixture
def service() -> Iterator[Service]:
    """Start the stand-in."""
    with Service(duration=0.0) as found:
        yield found


@pytest.fixture
def client(provider: Provider, service: Service) -> Client:
    """Connect to the stand-in."""
    return provider.connect(service.url)


@pytest.fixture
def body(tmp_path: Path) -> Path:
    """Write a body of three requests."""
    path = tmp_path / "body.json"
    path.write_text(json.dumps({"requests": [{"custom_id": f"a-{number}", "params": PARAMS} for number in range(3)]}))
    return path


def test_a_batch_from_its_making_to_its_results(client: Client, service: Service, body: Path) -> None:
    """Made of a file, asked for, listed, and its results read from our own address, not from the one it names."""
    made = client.create(body)
    found = client.retrieve(made.id)
    lines = [json.loads(line)["custom_id"] for line in client.results(made.id)]

    assert ("ended", 3, 3) == (found.status, found.counts.succeeded, found.counts.total)
    assert {"a-0", "a-1", "a-2"} == set(lines)
    assert [made.id] == [one.id for one in client.batches()]
    assert 1 == service.stats()["calls"]["create"]


def test_the_list_goes_on_over_its_pages(client: Client, service: Service) -> None:
    """All batches come, newest first, though a page holds a hundred."""
    made = [service.decoy(1).id for _ in range(230)]

    assert made[::-1] == [one.id for one in client.batches()]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop_before"}, {"kind": "drop_after"}, {"kind": "status_after", "status": 504},
        {"kind": "html", "status": 502}, {"kind": "html", "status": 200}, {"kind": "status", "status": 529},
        {"kind": "status", "status": 408}, {"kind": "status", "status": 500},
    ],
    ids=str,
)  # fmt: skip
def test_a_create_of_which_nobody_knows(client: Client, service: Service, body: Path, fault: dict[str, Any]) -> None:
    """No answer, or none that says no, is Unknown; and it was sent once."""
    service.fault(**fault)

    with pytest.raises(Unknown):
        client.create(body)
    assert 1 == service.stats()["calls"]["create"]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 429])
def test_a_create_that_was_refused(client: Client, service: Service, body: Path, status: int) -> None:
    """An answer of 4xx made nothing; it is told with its words, and sent once."""
    service.fault("status", status=status, message="no", retry_after=7, details={"error_code": "some_code"})

    with pytest.raises(Refused) as caught:
        client.create(body)

    told = caught.value
    assert (status, "no", 7.0, "some_code") == (told.status, told.said, told.retry_after, told.code)
    assert (1, 0) == (service.stats()["calls"]["create"], service.stats()["batches"])


def test_nobody_listens(provider: Provider, body: Path) -> None:
    """A connection that was never made carried nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Refused) as caught:
            provider.connect(url).create(body)

    assert (0, "unreachable") == (caught.value.status, caught.value.kind)


@pytest.mark.parametrize("fault", [{"kind": "truncate", "bytes": 300}, {"kind": "html", "status": 502, "times": 3}])
def test_results_that_break_off(client: Client, service: Service, body: Path, fault: dict[str, Any]) -> None:
    """A stream that is cut is Unknown, never a shorter list."""
    made = client.create(body)
    service.fault(route="results", **fault)

    with pytest.raises(Unknown):
        list(client.results(made.id))


def test_a_message_and_its_tokens(client: Client, service: Service) -> None:
    """A direct answer comes as the service wrote it and is asked for once; tokens are counted without asking."""
    service.fault("drop_after", "messages")
    service.fault("status", "messages", status=529)
    with pytest.raises(Unknown):
        client.message(PARAMS)
    with pytest.raises(Refused):
        client.message(PARAMS)

    assert "ok yyy" in client.message(PARAMS)["content"][0]["text"]
    assert client.count_tokens({**PARAMS, "metadata": {"user_id": "x"}}) > 0
    assert 3 == service.stats()["calls"]["messages"]


def test_cancel(client: Client, service: Service, body: Path) -> None:
    """A running batch is asked to end; one that has ended refuses."""
    service.books.options.duration = 60
    made = client.create(body)

    assert "canceling" == client.cancel(made.id).status


def test_no_key(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the variable to set is named; with an auth token there are some."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(BatchpackError) as caught:
        provider.connect()
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "a-token")

    assert "ANTHROPIC_API_KEY" in caught.value.hint
    assert 12 == len(provider.connect().account)


def test_accounts_differ_and_reveal_nothing(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys are two accounts, by digits that do not hold the key; the address comes from the environment."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/gateway/")
    first = provider.connect()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another-key")

    assert first.account != provider.connect().account
    assert "http://127.0.0.1:9/gateway" == first.base_url
    assert "key-of-nobody" not in str(vars(first))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"temperature": 0}, "temperature is no parameter"), ({"top_k": 3}, "top_k"), ({"stream": True}, "stream"),
        ({"max_tokens": 0}, "max_tokens"), ({"max_tokens": True}, "max_tokens"), ({"model": ""}, "model is missing"),
    ],
)  # fmt: skip
def test_parameters_that_batches_refuse(provider: Provider, params: dict[str, Any], said: str) -> None:
    """What would fail every item hours later is told at once."""
    assert [] == provider.check(PARAMS)
    assert said in " ".join(provider.check({**PARAMS, **params}))


def test_a_schema_in_the_form_of_the_service(provider: Provider) -> None:
    """The SDK's own transformation closes objects and turns what is not supported into words."""
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}

    found = provider.answer_schema(schema)["output_config"]["format"]

    assert ("json_schema", False) == (found["type"], found["schema"]["additionalProperties"])
    assert "minimum: 1" in found["schema"]["properties"]["n"]["description"]
    with pytest.raises(BatchpackError, match="the service cannot hold"):
        provider.answer_schema({"title": "no type"})


def test_it_serves_its_models(provider: Provider) -> None:
    """Models of others are left to others."""
    assert (True, False) == (provider.serves(MODEL), provider.serves("gpt-9"))
