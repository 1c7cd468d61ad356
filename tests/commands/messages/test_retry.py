"""Tests of `messages retry`: what was paid for is asked again only changed."""

from __future__ import annotations

from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent


def test_a_paid_answer_is_asked_again_only_changed(service: Remote, tmp_path: Path) -> None:
    """--retry-paid needs a change; with it the answer replaces the one that was cut off, and both are billed."""
    ground = sent(tmp_path, service, {7: "max_tokens:1"})
    ground.wait()
    before = ground.facts()["cost"]["dollars"]
    plain, refused = ground.do("retry"), ground.do("retry", "--retry-paid")
    ended = ground.do("retry", "--retry-paid", "--append", "Be brief. [[fake:text:short]]", "--grace", "0.5")

    assert "Nothing to ask again" in plain.text
    assert (2, True) == (refused.code, "paid, the same way" in refused.text)
    assert 0 == ended.code, ended.text
    ground.wait()
    assert {"max_tokens", "answered"} >= {row.get("kind", "answered") for row in ground.answers()}
    assert ground.facts()["cost"]["dollars"] > before
    assert 1 == ground.facts()["retried"]
