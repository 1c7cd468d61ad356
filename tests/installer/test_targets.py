"""Targets, names, programs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer import targets
from batchpack.values import File
from tests.installer.conftest import PACK
from tests.support.toy import toy_host


def test_a_target_lies_below_home_or_project(toy: Host, base: Path) -> None:
    """Each scope has its folder; a scope that a host lacks is refused."""
    assert base / ".toy" == targets.target_for(toy, "project", base, "b").folder
    assert base / ".config/toy" == targets.target_for(toy, "user", base, "b").folder
    with pytest.raises(BatchpackError, match="no project scope"):
        targets.target_for(toy_host(project=None), "project", base, "b")


def test_files_are_rendered_in_order_and_once(base: Path) -> None:
    """A host that wants a path twice is told to mend its plugin."""
    host = toy_host()
    target = targets.target_for(host, "project", base, "b")
    paths = [file.path for file in targets.render_host(host, PACK, target)]
    assert (sorted(paths), 5) == (paths, len(set(paths)))

    host.hook_files = lambda *_: [File(paths[0], "")]  # type: ignore[method-assign]
    with pytest.raises(BatchpackError, match="twice"):
        targets.render_host(host, PACK, target)


def test_the_word_is_ours_or_a_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project always gets the bare word, a user the path where PATH does not lead to us."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin")
    assert "batchpack" == targets.program_for("user")
    monkeypatch.setenv("PATH", "/nowhere")
    assert ("batchpack", str(targets.own_program())) == (targets.program_for("project"), targets.program_for("user"))


def test_hosts_are_found_by_looking(home: Path, toy: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their folder in the home."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert {} == targets.found_hosts({"toy": toy}, home)
    (home / ".config/toy").mkdir(parents=True)
    assert "folder ~/.config/toy" == targets.found_hosts({"toy": toy}, home)["toy"].evidence
