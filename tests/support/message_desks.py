"""A job of a few requests with a desk to work at it, in this very process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.messages import begin, items, requests
from batchpack.messages.begin import Draft, Order
from batchpack.messages.desk import Desk
from batchpack.messages.job import ROOT
from batchpack.provider import Provider

MODEL = "claude-haiku-5-5"


def provider_of(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Return Anthropic's page, with a key in the environment."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-nobody")
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    return manager.load().providers["anthropic"]


def order_of(project: Path, provider: Provider, count: int = 9, text: str = "document", **options: Any) -> Order:
    """Write items and return the order to send them in shards of four."""
    project.mkdir(exist_ok=True)
    rows = (json.dumps({"text": f"{text} {number}"}) for number in range(count))
    (project / "items.jsonl").write_text("".join(f"{row}\n" for row in rows))
    shared = begin.parameters(provider, requests.parameters(MODEL, 50), None)
    writer = requests.Writer(requests.Template("Look at {{ text }}", None), shared)
    source = items.open_source(("items.jsonl",), project)
    return Order(provider, source, writer, **{"shard_size": 4, "canary": False, **options})


def draft_of(project: Path, order: Order, name: str = "reviews") -> Draft:
    """Write the round of an order."""
    return begin.write(order, project / ROOT / name)


def desk_of(project: Path, monkeypatch: pytest.MonkeyPatch, url: str, naps: list[float], **options: Any) -> Desk:
    """Make a job and a desk that never really waits; `canary` is the job's and the desk's."""
    provider, canary = provider_of(monkeypatch), options.pop("canary", False)
    order = order_of(project, provider, canary=canary)
    client = provider.connect(url)
    job = begin.register(order, draft_of(project, order), client)
    nap = options.pop("nap", naps.append)
    return Desk(job, client, provider.LIMITS, canary=canary, nap=nap, **{"grace": 0.0, **options})
