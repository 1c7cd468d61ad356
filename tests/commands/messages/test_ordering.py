"""What is sent: options become an order, and words behind an @ are a file's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.app import App
from batchpack.commands.messages._ordering import make_order
from batchpack.errors import UsageError

GIVEN: dict[str, Any] = {
    "items_": ("items.jsonl",), "template": None, "prompt": "{{ text }}", "model": "claude-haiku-5-5", "max_tokens": 9,
    "system": None, "schema": None, "cache": False, "params": None, "kind": None, "key": None,
    "allow_duplicates": False, "provider": None,
}  # fmt: skip


def test_an_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provider by model, items by their ending, the system prompt from a file, the bounds of the service."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.md").write_text("Be brief.")

    order = make_order(App(manager.load), {**GIVEN, "system": "@s.md"}, shard_size=10**9)

    assert ("anthropic", "jsonl") == (order.provider.NAME, order.source.kind)
    assert "Be brief." == order.writer.shared["system"]
    assert order.provider.LIMITS.requests == order.bounds.requests


@pytest.mark.parametrize("name", ["items_", "prompt", "model", "max_tokens"])
def test_what_is_missing(name: str) -> None:
    """Each is a usage error."""
    with pytest.raises(UsageError):
        make_order(App(manager.load), {**GIVEN, name: None})
