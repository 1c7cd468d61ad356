"""Settings files planned: first, again, and after the user was there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer.receipts import Receipt
from batchpack.installer.settings_plan import SettingsChange, plan_settings
from batchpack.installer.targets import target_for
from batchpack.values import Edit
from tests.installer.conftest import PACK


@pytest.fixture
def again(toy: Host, base: Path) -> Callable[[Receipt], dict[str, SettingsChange]]:
    """Return a function that plans the toy host's settings once more."""

    def plan(receipt: Receipt) -> dict[str, SettingsChange]:
        target = target_for(toy, "project", base, "batchpack")
        changes = plan_settings(target, toy.settings_edits(PACK, target), receipt)
        return {change.path: change for change in changes}

    return plan


Again = Callable[[Receipt], dict[str, SettingsChange]]
JSON = ".toy/settings.json"


def test_the_same_again_is_no_change(put: Callable[[], Receipt], again: Again) -> None:
    """What the receipt says stays."""
    receipt = put()
    found = again(receipt)
    assert [False] * 3 == [change.is_change for change in found.values()]
    assert receipt.settings == tuple(change.to_entry() for change in found.values())


def test_the_way_back_is_to_the_first_bytes(put: Callable[[], Receipt], again: Again, base: Path) -> None:
    """After an upgrade too, before is what stood there before the first install."""
    (base / ".toy").mkdir()
    (base / JSON).write_text('{"a": 1}')
    receipt = put()
    (base / JSON).write_text('{"a": 1}')  # the user put the old text back
    change = again(receipt)[JSON]
    assert (True, b'{"a": 1}') == (change.is_change, change.before)


def test_other_changes_of_the_users_stay(put: Callable[[], Receipt], again: Again, base: Path) -> None:
    """Where all of ours is still there nothing is written; where it is not, it is put into the user's text."""
    receipt = put()
    values = json.loads((base / JSON).read_text())
    (base / JSON).write_text(json.dumps({**values, "mine": True}))
    assert not again(receipt)[JSON].is_change

    (base / JSON).write_text('{"mine": true}')
    change = again(receipt)[JSON]
    assert not change.is_change
    assert {"depth", "hooks.stop"} == set(change.kept), "what the user took out is not put in again"


def test_one_file_has_one_format(toy: Host, base: Path, home: Path) -> None:
    """A host that edits a file in two formats is told to mend its plugin."""
    edits = [Edit("s", "json", ("a",), 1, ""), Edit("s", "yaml", ("b",), 1, "")]
    with pytest.raises(BatchpackError, match="two formats"):
        plan_settings(target_for(toy, "project", base, "batchpack"), edits, None)
