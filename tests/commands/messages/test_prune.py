"""Tests of `messages prune`: what is not collected stays."""

from __future__ import annotations

from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.message_ground import sent
from tests.support.message_jobs import run


def test_prune_keeps_what_is_not_collected(service: Remote, tmp_path: Path) -> None:
    """It stays unless --force; what goes is said first; a collected job goes with a yes."""
    ground = sent(tmp_path, service)
    prune = ["messages", "prune", "reviews", "--project", str(ground.folder)]
    kept = run(ground, [*prune, "--yes"])
    assert (1, True) == (kept.code, "25 of 25 items are not collected" in kept.text)
    ground.wait()
    unasked, gone = run(ground, prune), run(ground, [*prune, "--yes"])

    assert (2, True) == (unasked.code, "add --yes" in unasked.text)
    assert (0, True, True) == (gone.code, "21 answers" in gone.text, "Removed 1 job" in gone.text)
    assert [] == list((ground.folder / ".batchpack" / "messages").glob("*/job.json"))


def test_prune_by_force_says_what_is_lost(service: Remote, tmp_path: Path) -> None:
    """Answers that were paid for and not fetched go only by --force."""
    ground = sent(tmp_path, service)
    words = ["messages", "prune", "--older", "0", "--force", "--yes", "--project", str(ground.folder)]
    ended = run(ground, words)

    assert (0, True) == (ended.code, "LOST, though paid for" in ended.text)
