"""Plans: what an install would do, by looking only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.host import Host
from batchpack.installer.plan import Plan, plan_install
from batchpack.installer.receipts import Receipt
from batchpack.installer.targets import target_for
from batchpack.values import Edit, File
from tests.support.project import tree

FILES = [File(".toy/a.md", "a"), File(".toy/deep/b.md", "b")]
EDIT = Edit(".toy/s.json", "json", ("x",), 1, "")


def plan(host: Host, base: Path, receipt: Receipt | None = None) -> Plan:
    """Plan two files and an edit."""
    return plan_install(target_for(host, "project", base, "batchpack"), FILES, [EDIT], receipt)


def test_an_empty_project_gets_everything(toy: Host, base: Path) -> None:
    """Files, folders outermost first, and a settings file that is no user's."""
    found = plan(toy, base)
    assert (tuple(FILES), (".toy", ".toy/deep")) == (found.writes, found.folders)
    assert (False, False) == (found.touches_users_files, found.nothing_to_do)
    assert {} == tree(base)


def test_what_somebody_else_wrote_is_sorted_out(toy: Host, base: Path) -> None:
    """The same content and another one are never ours."""
    (base / ".toy/deep").mkdir(parents=True)
    (base / ".toy/a.md").write_text("a")
    (base / ".toy/deep/b.md").write_text("other")
    found = plan(toy, base)
    assert ((".toy/a.md",), (".toy/deep/b.md",), ()) == (found.present, found.foreign, found.writes)


def test_a_users_settings_file_is_touched(toy: Host, base: Path) -> None:
    """Unless it says already what we want."""
    (base / ".toy").mkdir()
    settings = base / ".toy/s.json"
    settings.write_text('{"y": 2}')
    assert plan(toy, base).touches_users_files
    settings.write_text('{"x": 1}')
    assert not plan(toy, base).touches_users_files


def test_files_that_are_wanted_no_more_are_leftovers(toy: Host, base: Path, put: Callable[[], Receipt]) -> None:
    """Those that the user changed are abandoned, the others go."""
    receipt = put()
    (base / ".toy/agent/one.md").write_text("mine")
    found = plan(toy, base, receipt)
    assert (".toy/agent/one.md",) == found.abandoned
    assert {entry.path for entry in receipt.files} - {".toy/agent/one.md"} == set(found.removes)


@pytest.mark.parametrize(("sealed", "judged"), [(False, "changed"), (True, "writes")])
def test_a_sealed_file_is_written_anew_when_it_was_changed(
    sealed: bool, judged: str, toy: Host, base: Path, put: Callable[[], Receipt]
) -> None:
    """What works only as it was written is the pack's, whatever somebody made of it; other files stay the user's."""
    receipt = put()
    (base / ".toy/agent/one.md").write_text("mine")
    files = [File(".toy/agent/one.md", "ours", sealed=sealed)]
    found = plan_install(target_for(toy, "project", base, "batchpack"), files, [], receipt)
    said = {"changed": found.changed, "writes": tuple(file.path for file in found.writes)}
    assert {"changed": (), "writes": (), judged: (".toy/agent/one.md",)} == said
