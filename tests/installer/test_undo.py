"""Uninstalls planned and carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from batchpack.host import Host
from batchpack.installer import receipts, service, state
from batchpack.installer.receipts import Receipt
from batchpack.installer.undo import plan_uninstall, undo
from tests.installer.conftest import PACK
from tests.support.project import tree
from tests.support.toy import toy_host


def test_a_plan_sorts_what_is_there(put: Callable[[], Receipt], base: Path) -> None:
    """Untouched, changed and gone files; settings to restore or to take our values out of."""
    receipt = put()
    (base / ".toy/agent/one.md").write_text("mine")
    (base / ".toy/agent/two.md").unlink()
    (base / ".toy/config.toml").write_text((base / ".toy/config.toml").read_text() + "[mine]\n")
    plan = plan_uninstall(receipt)

    assert ((".toy/agent/one.md",), (".toy/agent/two.md",), 3) == (plan.changed, plan.gone, len(plan.removes))
    surgical = {one.path: (one.surgical, one.data) for one in plan.settings}
    assert (False, None) == surgical[".toy/settings.json"]
    assert (True, b"[mine]") == (surgical[".toy/config.toml"][0], (surgical[".toy/config.toml"][1] or b"").strip())


def test_an_undo_can_be_repeated(put: Callable[[], Receipt], base: Path) -> None:
    """The second finds nothing left."""
    receipt = put()
    undo(plan_uninstall(receipt))
    undo(plan_uninstall(receipt))
    assert {} == tree(base)


def test_folders_that_another_install_needs_are_handed_over(home: Path) -> None:
    """The folder that the first made goes with the second."""
    first, second = toy_host("one"), toy_host("two")
    outcomes = service.prepare([first, second], PACK, "user", home)
    service.install(outcomes, PACK, agreed=True)
    assert ".config" in (receipts.read("one", "user", home) or outcomes).folders  # type: ignore[union-attr]

    for name in ("one", "two"):
        receipt = receipts.read(name, "user", home)
        assert receipt is not None
        with state.exclusive():
            undo(plan_uninstall(receipt))
    assert {} == tree(home)


def test_litter_is_only_what_is_named(put: Callable[[], Receipt], base: Path, toy: Host) -> None:
    """One file more keeps all of it."""
    receipt = put()
    for name in (".gitignore", "node_modules", "more"):
        (base / ".toy" / name).write_text("")
    undo(plan_uninstall(receipt, toy.PLACES))
    assert {".toy", ".toy/.gitignore", ".toy/node_modules", ".toy/more"} == set(tree(base))


def test_a_stub_goes_as_long_as_nobody_wrote_into_it(put: Callable[[], Receipt], base: Path, toy: Host) -> None:
    """A settings file that the host began is the user's once it says more."""
    receipt = put()
    (base / ".toy/own.json").write_text("{}\n")
    undo(plan_uninstall(receipt, toy.PLACES))
    assert {} == tree(base)

    receipt = put()
    (base / ".toy/own.json").write_text('{"mine": 1}')
    undo(plan_uninstall(receipt, toy.PLACES))
    assert {".toy", ".toy/own.json"} == set(tree(base))


def test_a_folder_of_the_hosts_for_the_pack_goes_when_it_is_empty(
    put: Callable[[], Receipt], base: Path, toy: Host
) -> None:
    """What a host keeps for a plugin is the pack's only as long as nothing is in it."""
    places = replace(toy.PLACES, data=("data/ours", "data/full", "data/none"))
    receipt = put()
    for name in ("ours", "full/more", "theirs"):
        (base / ".toy/data" / name).mkdir(parents=True)
    undo(plan_uninstall(receipt, places))
    assert {".toy", ".toy/data", ".toy/data/full", ".toy/data/full/more", ".toy/data/theirs"} == set(tree(base))
