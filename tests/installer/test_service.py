"""Hosts taken through an install and back, one after the other."""

from __future__ import annotations

from pathlib import Path

from batchpack.host import Host
from batchpack.installer import receipts, service
from tests.installer.conftest import PACK
from tests.support.project import tree
from tests.support.toy import toy_host


def test_one_hosts_trouble_is_its_own(base: Path) -> None:
    """A host that cannot be installed keeps its error; the next is installed."""
    hosts = [toy_host("one"), toy_host("two")]
    (base / ".one").write_text("a file")
    outcomes = service.prepare(hosts, PACK, "project", base)
    service.install(outcomes, PACK, agreed=False)

    assert [(False, True), (True, False)] == [(one.applied, one.failed) for one in outcomes]


def test_what_changed_since_the_question_is_asked_again(toy: Host, base: Path) -> None:
    """A settings file that appeared meanwhile is not edited without a yes."""
    outcomes = service.prepare([toy], PACK, "project", base)
    (base / ".toy").mkdir()
    (base / ".toy/settings.json").write_text('{"a": 1}')
    service.install(outcomes, PACK, agreed=False)

    assert ("changed by somebody else" in str(outcomes[0].error), False) == (True, outcomes[0].applied)
    assert [".toy", ".toy/settings.json"] == list(tree(base))


def test_a_slower_install_says_what_is_there(toy: Host, base: Path) -> None:
    """Of two installs planned at once, the second finds all files up to date, not none."""
    first, second = (service.prepare([toy], PACK, "project", base) for _ in range(2))
    service.install(first, PACK, agreed=True)
    service.install(second, PACK, agreed=True)

    plans = first[0].plan, second[0].plan
    assert plans[0] is not None
    assert plans[1] is not None
    assert (False, [file.path for file in plans[0].writes]) == (
        second[0].applied,
        [file.path for file in plans[1].unchanged],
    )
    assert plans[1].unchanged


def test_the_newest_install_goes_first(home: Path) -> None:
    """Two hosts that edit one file are undone in the opposite order."""
    for name in ("one", "two"):
        service.install(service.prepare([toy_host(name)], PACK, "user", home), PACK, agreed=True)
    found, broken = service.installed([], None, home)
    assert (["two", "one"], []) == ([receipt.host for receipt in found], broken)

    service.uninstall(service.plan_undo(found, {}), {})
    assert ({}, ([], [])) == (tree(home), receipts.read_all())
