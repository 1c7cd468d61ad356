"""`batchpack items approve`."""

from __future__ import annotations

import pytest

from tests.support import terminal
from tests.support.item_batches import ItemBatch


def test_a_hash_that_was_shown(batch: ItemBatch) -> None:
    """Without a terminal the hash of what was shown is needed; a change makes the yes void."""
    batch.judge({"item": "i0"}).assert_ok()
    batch.items("approve").assert_failed("nobody is there to be asked", code=2)
    batch.items("approve", "--check", "--chunk", "1").assert_failed("nobody approved it")
    digest = batch.items("summary", "--chunk", "1", "--json").json()["hash"]
    batch.items("approve", "--chunk", "1", "--hash", digest[:12], "--by", "anna").assert_ok()
    assert "Approved by anna at 2" in batch.items("approve", "--check", "--chunk", "1").assert_ok().out
    batch.items("record", "chunk-01", "i2", "--token", "1").assert_ok()

    batch.items("approve", "--check", "--chunk", "1").assert_failed("changed since it was approved")
    batch.items("approve", "--chunk", "1", "--hash", digest).assert_failed("is not the hash", code=2)


def test_ahead(batch: ItemBatch) -> None:
    """A yes may be given before anything is judged, for the whole batch only; the record says so."""
    batch.items("approve", "--ahead", "--chunk", "1").assert_failed("--ahead holds for the whole batch", code=2)
    batch.items("approve", "--ahead").assert_ok()

    assert "(ahead)" in batch.items("approve", "--check", "--chunk", "2").assert_ok().out


@pytest.mark.parametrize(("key", "code"), [("y\n", 0), ("n\n", 1)])
def test_a_person_is_asked(batch: ItemBatch, monkeypatch: pytest.MonkeyPatch, key: str, code: int) -> None:
    """In a terminal what was judged is shown and the answer counts."""
    batch.judge({"item": "i0", "category": "fyi"}).assert_ok()
    monkeypatch.setattr(terminal, "QUESTION", b"May bulk acts be done on this?")
    shown = terminal.on_terminal(batch.project, ("items", "approve", "--chunk", "1"), key, code)

    assert "fyi: 1" in shown
    assert code == batch.items("approve", "--check", "--chunk", "1").code
