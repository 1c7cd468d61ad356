"""Host pages: the same names in the same order, each saying what the host can and cannot do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from batchpack.host import ACTIONS, PAGE
from tests.support.pack import TARGETS, host, pack, rendered, target
from tests.support.project import ROOT

PAGES = {"opencode": "opencode/__init__.py", "claude_code": "claude_code/__init__.py", "osa": "osa/__init__.py"}


def _names(page: Path) -> list[str]:
    """List the names that a module binds at its top level, each where it is bound first."""
    found: list[str] = []
    for node in ast.parse(page.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        bound = [getattr(node, "name", None), *(getattr(target, "id", None) for target in targets)]
        found += [name for name in bound if name and name not in found]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_all_names_in_their_order(name: str) -> None:
    """A host page binds the names of PAGE in the order of PAGE."""
    page = ROOT / "plugins" / PAGES[name]
    assert list(PAGE) == [found for found in _names(page) if found in PAGE]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits(name: str) -> None:
    """A host says its tool for every action, and at least one sentence on what it cannot enforce."""
    page = host(name)
    assert name == page.NAME
    assert set(ACTIONS) == set(page.TOOLS)
    assert page.CAPABILITIES.limits


@pytest.mark.parametrize("name", PAGES)
def test_a_host_is_detected_by_looking(name: str, tmp_path: Path) -> None:
    """A host is there when its program is on PATH or its folder in the home, else not; looking makes no file."""
    page, home, programs = host(name), tmp_path / "home", tmp_path / "bin"
    home.mkdir()
    programs.mkdir()
    assert page.detect(home, str(programs)) is None
    assert [] == list(home.iterdir())
    (home / page.PLACES.user).mkdir(parents=True)
    seen = page.detect(home, str(programs))
    assert seen is not None
    assert (None, f"folder ~/{page.PLACES.user}") == (seen.program, seen.evidence)
    word = {"opencode": "opencode", "claude_code": "claude", "osa": "osa"}[name]
    (programs / word).write_text("#!/bin/sh\n")
    (programs / word).chmod(0o755)
    found = page.detect(home, str(programs))
    assert found is not None
    assert str(programs / word) == found.program


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_rendering_is_as_reviewed(name: str, scope: str, snapshot: Snapshot) -> None:
    """What a host gets is the golden tree that a person has read; its scripts are copies of the pack's."""
    files = rendered(name, scope)  # type: ignore[arg-type]
    tree: dict[str, object] = {}
    for path, file in files.items():
        if not (ROOT / "hooks" / path.rpartition("/")[2]).is_file():
            _put(tree, path.split("/"), file.text)
    snapshot.snapshot_dir = ROOT / "tests" / "snapshots"
    snapshot.assert_match_dir(tree, f"{name}-{scope}")


def _put(tree: dict[str, object], parts: list[str], text: str) -> None:
    """Put a text into nested dictionaries."""
    *folders, last = parts
    for folder in folders:
        tree = tree.setdefault(folder, {})  # type: ignore[assignment]
    tree[last] = text


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_all_paths_lie_in_the_hosts_folder(name: str, scope: str) -> None:
    """A host's files stay below its own config folder, relative to the base, without `..`."""
    place = target(name, scope)  # type: ignore[arg-type]
    folder = place.folder.relative_to(place.base).as_posix()
    for path in rendered(name, scope):  # type: ignore[arg-type]
        assert path.startswith(f"{folder}/"), path
        assert ".." not in path


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_the_program_is_the_targets(name: str, scope: str) -> None:
    """Skills and agents call the target's program, so that an install off PATH works."""
    files = rendered(name, scope, program="/opt/tools/bp")  # type: ignore[arg-type]
    skill = next(file.text for path, file in files.items() if path.endswith("skills/batch-run/SKILL.md"))
    assert "/opt/tools/bp start --next --host" in skill
    assert "`batchpack" not in skill


def test_only_hosts_that_need_it_touch_settings() -> None:
    """Settings of the user's are edited only where the host's page says why, and what does not work without."""
    for name, scope in TARGETS:
        edits = host(name).settings_edits(pack(), target(name, scope))
        assert all(edit.reason for edit in edits)
        assert (name, scope) != ("claude_code", "user") or not edits
