"""The beginning: all is written and looked at before anything is sent, and the same is not begun twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, UsageError
from batchpack.messages import begin
from batchpack.messages import job as jobs
from batchpack.messages.schema import Schema
from batchpack.provider import Provider
from tests.support.message_batches import Service
from tests.support.message_desks import MODEL, draft_of, order_of, provider_of


@pytest.fixture
def service() -> Iterator[Service]:
    """Start the stand-in."""
    with Service() as found:
        yield found


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Return Anthropic's page."""
    return provider_of(monkeypatch)


def test_a_draft(tmp_path: Path, provider: Provider) -> None:
    """A draft says what would be sent: shards, requests, bytes, and has some of it at hand."""
    order = order_of(tmp_path, provider, canary=True)

    draft = draft_of(tmp_path, order)

    assert ([1, 4, 3, 1], 9) == ([row["requests"] for row in draft.shards], draft.requests)
    assert draft.bytes == sum(path.stat().st_size for path in (draft.folder / "spool").glob("*.json"))
    assert 9 == len(draft.sample.take(100))


def test_registering_makes_a_job(tmp_path: Path, provider: Provider, service: Service) -> None:
    """Facts, schema and first round are on disk when it is a job; nothing is sent by it."""
    order = order_of(tmp_path, provider, schema=Schema("answer.json", {"type": "object"}))

    job = begin.register(order, draft_of(tmp_path, order), provider.connect(service.url))

    facts = jobs.find("reviews", tmp_path).facts
    assert (9, MODEL, "answer.json") == (facts.items["count"], facts.params["model"], facts.schema_source)
    assert ([4, 3, 2], True) == ([one.requests for one in job.state().unsent], job.schema.is_file())
    assert {} == service.stats()["calls"]
    assert "key-of-nobody" not in "".join(path.read_text() for path in job.folder.glob("*.json*"))


def test_the_same_again(tmp_path: Path, provider: Provider, service: Service) -> None:
    """The same items, template and parameters are refused as paid already; --again pays anew."""
    order, client = order_of(tmp_path, provider), provider.connect(service.url)
    first = begin.register(order, draft_of(tmp_path, order), client)

    with pytest.raises(begin.SameAgain, match="would be paid again") as caught:
        begin.register(order, draft_of(tmp_path, order, "second"), client)
    again = begin.register(order, draft_of(tmp_path, order, "second"), client, again=True)

    assert f"batchpack messages resume {first.id}" in caught.value.hint
    assert "second" == again.id


def test_what_exists(tmp_path: Path, provider: Provider, service: Service) -> None:
    """The job that asks the same is found before anything is written; one of the name that asks another is refused."""
    order, client = order_of(tmp_path, provider), provider.connect(service.url)
    assert begin.existing(order, tmp_path, None) is None
    begin.register(order, draft_of(tmp_path, order), client)

    assert ["reviews", "reviews"] == [
        getattr(begin.existing(order, tmp_path, name), "id", "") for name in (None, "reviews")
    ]
    changed = order_of(tmp_path, provider, text="other")
    assert begin.existing(changed, tmp_path, None) is None
    with pytest.raises(BatchpackError, match=r"items\.jsonl has changed"):
        begin.existing(changed, tmp_path, "reviews")


def test_what_differs_is_named(tmp_path: Path, provider: Provider, service: Service) -> None:
    """Items, template and each parameter with both values."""
    order = order_of(tmp_path, provider)
    facts = begin.register(order, draft_of(tmp_path, order), provider.connect(service.url)).facts

    differ = begin.changes(facts, "i", "t", {**facts.params, "max_tokens": 51, "system": "Be brief."})

    assert [
        "items.jsonl has changed",
        "--prompt has changed",
        "max_tokens was 50, now 51",
        'system was not there, now "Be brief."',
    ] == differ


@pytest.mark.parametrize("extra", [{"temperature": 0}, {"stream": True}])
def test_parameters_that_would_fail(provider: Provider, extra: dict[str, Any]) -> None:
    """What the service would refuse for every item is a usage error now."""
    with pytest.raises(UsageError, match="would refuse every request"):
        begin.parameters(provider, {"model": MODEL, "max_tokens": 1, **extra}, None)


def test_git_leaves_jobs_out(tmp_path: Path) -> None:
    """Items and answers are the user's: nothing of them is added to the project's repository by accident."""
    with begin.opened(tmp_path, "reviews"):
        pass

    assert "*\n" == (tmp_path / ".batchpack" / ".gitignore").read_text()


def test_a_folder_that_became_no_job_is_gone(tmp_path: Path) -> None:
    """Whatever fails before the job is one leaves nothing behind, and its name is free again."""
    folder = tmp_path / jobs.ROOT / "reviews"
    holding = begin.opened(tmp_path, "reviews")
    (holding.__enter__() / "spool").mkdir()

    with pytest.raises(ZeroDivisionError):
        holding.gen.throw(ZeroDivisionError)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("model", "fault", "said"),
    [("claude-x", {"status": 401}, "401"), ("nope", {}, "model: nope")],
)
def test_the_service_looks_first(
    tmp_path: Path, provider: Provider, service: Service, model: str, fault: dict[str, Any], said: str
) -> None:
    """A model that does not exist and a wrong key are told before anything is sent, free of charge."""
    order = order_of(tmp_path, provider)
    draft = draft_of(tmp_path, order)
    draft.sample._kept[0] = draft.sample._kept[0].replace(MODEL.encode(), model.encode())
    if fault:
        service.fault("status", "count_tokens", **fault)

    with pytest.raises(BatchpackError, match=said):
        begin.try_out(provider.connect(service.url), draft)


def test_a_service_that_cannot_look(tmp_path: Path, provider: Provider, service: Service) -> None:
    """A gateway that does not count tokens is told, and is no reason to stop."""
    order = order_of(tmp_path, provider)
    service.fault("status", "count_tokens", status=405)

    assert "could not be tried out" in begin.try_out(provider.connect(service.url), draft_of(tmp_path, order))
