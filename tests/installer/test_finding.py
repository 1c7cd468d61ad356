"""Hosts on this machine."""

from __future__ import annotations

from pathlib import Path

from batchpack.host import Host
from batchpack.installer import finding
from batchpack.values import Detection
from tests.support.project import tree


def script(path: Path, text: str) -> Detection:
    """Make a program and say that it was found."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return Detection(str(path), "")


def test_a_version_is_asked_in_another_home(home: Path, base: Path) -> None:
    """What the program writes there is not seen here."""
    found = script(base / "toy", 'touch "$HOME/litter"; echo toy 1.2; echo more')
    assert ("toy 1.2", {}) == (finding.version_of(found), tree(home))


def test_no_version_is_none(base: Path) -> None:
    """No host, no program, a program that fails or says nothing."""
    silent, bad = script(base / "silent", "exit 0"), script(base / "bad", "echo 1; exit 2")
    found = [None, Detection(None, "a folder"), Detection(str(base / "none"), ""), silent, bad]
    assert [None] * 5 == [finding.version_of(one) for one in found]


def test_every_host_is_looked_for(home: Path, base: Path, toy: Host) -> None:
    """Found or not, with what can be told."""
    [one] = finding.look_around({"toy": toy}, base)
    facts = one.to_json()
    assert (False, None, [], True) == tuple(facts[key] for key in ("found", "version", "installed", "project_scope"))
