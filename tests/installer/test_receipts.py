"""Receipts: written and read again, and refused when they cannot be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from batchpack.files import fingerprint
from batchpack.installer import receipts
from batchpack.installer.receipts import BrokenReceipt, Receipt


def test_a_receipt_is_read_as_it_was_written(put: Callable[[], Receipt]) -> None:
    """Files, folders, settings and claims come back equal."""
    receipt = put()
    fresh = replace(receipt, state="pending", foreign=("x",))
    receipts.write(fresh)

    assert fresh == receipts.read("toy", "project", receipt.base)
    assert ([fresh], []) == receipts.read_all()
    assert receipt == receipts.complete(replace(fresh, foreign=()))


def test_a_moved_receipt_is_refused(put: Callable[[], Receipt]) -> None:
    """It must stand where its host, scope and base say."""
    receipt = put()
    moved = receipt.home.with_name("toy-project-000000000000")
    receipt.home.rename(moved)
    [error] = receipts.read_all()[1]
    assert "wrong place" in error.message


@pytest.mark.parametrize("name", ["../x", "/x", "a/../b", "a//b", "./a", "", ".", "a/"])
def test_paths_are_plain(put: Callable[[], Receipt], name: str) -> None:
    """A path that is absolute, climbs or is written in a second way is refused."""
    receipt = put()
    path = receipt.home / receipts.RECEIPT
    facts = json.loads(path.read_text())
    path.write_text(json.dumps({**facts, "folders": [name]}))
    with pytest.raises(BrokenReceipt, match="outside"):
        receipts.read("toy", "project", receipt.base)


def test_a_backup_is_checked(put: Callable[[], Receipt], base: Path) -> None:
    """Its bytes must have the fingerprint that is its name."""
    (base / ".toy").mkdir()
    (base / ".toy/settings.json").write_text('{"a": 1}')
    receipt = put()
    wanted = fingerprint(b'{"a": 1}')
    assert b'{"a": 1}' == receipt.backup(wanted)

    (receipt.home / wanted).write_text("other")
    with pytest.raises(BrokenReceipt, match="was changed"):
        receipt.backup(wanted)
    with pytest.raises(BrokenReceipt, match="cannot be read"):
        receipt.backup("0" * 64)


def test_a_receipt_is_forgotten_with_its_backups(put: Callable[[], Receipt]) -> None:
    """Nothing of its folder stays."""
    receipt = put()
    receipts.forget(receipt)
    assert (None, False) == (receipts.read("toy", "project", receipt.base), receipt.home.exists())
