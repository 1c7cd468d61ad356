"""Tests of `messages cancel`: what is not answered yet is ended, and comes back only by word."""

from __future__ import annotations

from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent


def test_cancel_ends_what_is_out(service: Remote, tmp_path: Path) -> None:
    """Nothing is answered any more, nothing was paid, and waiting does not bring it back by itself."""
    ground = sent(tmp_path, service, {}, duration=30.0)
    ended = ground.do("cancel")
    waited = ground.wait("--retry")
    found = ground.facts()

    assert 0 == ended.code
    assert "Asked the service to end 3 batches" in ended.text
    assert (1, {"canceled": 25}) == (waited.code, found["kinds"])
    assert (0, 25) == (service.stats()["paid"], service.stats()["accepted"])


def test_what_was_canceled_can_be_sent_by_word(service: Remote, tmp_path: Path) -> None:
    """`retry` sends it again, and it is paid once."""
    ground = sent(tmp_path, service, {}, duration=30.0)
    ground.do("cancel")
    ground.wait()
    service.options(duration=0.1)

    assert 0 == ground.do("retry", "--grace", "0.5").code
    assert 0 == ground.wait().code
    assert (25, 0) == (service.stats()["paid"], service.stats()["paid_twice"])
