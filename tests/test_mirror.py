"""Mirrors: what a host may be asked about, and nothing of it outside."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from batchpack.mirror import LARGEST_BYTES, mirrored
from tests.support.project import tree


def _home(tmp_path: Path) -> Path:
    """Make a home with settings, records, a link, a dangling link and a pipe."""
    home = tmp_path / "home"
    config = home / ".config/x"
    for name in ("agents", "node_modules/a", "sessions"):
        (config / name).mkdir(parents=True)
    (config / "agents/one.md").write_text("one")
    (config / "node_modules/a/index.js").write_text("x")
    (config / "sessions/s.jsonl").write_text("x")
    (config / "large.bin").write_bytes(b"x" * (LARGEST_BYTES + 1))
    (home / "elsewhere.md").write_text("linked")
    (config / "agents/linked.md").symlink_to(home / "elsewhere.md")
    (config / "agents/dangling.md").symlink_to(home / "nowhere")
    os.mkfifo(config / "pipe")
    return home


def test_a_mirror_holds_what_is_asked_for(tmp_path: Path) -> None:
    """Named folders come over with links followed; packages, records, large files, pipes and dangling links do not."""
    home = _home(tmp_path)
    with mirrored(home, None, from_home=(".config/x", ".missing"), from_project=()) as mirror:
        found = {name for name, data in tree(mirror.home).items() if isinstance(data, bytes)}
        assert {".config/x/agents/one.md", ".config/x/agents/linked.md"} == found
        assert "linked" == (mirror.home / ".config/x/agents/linked.md").read_text()


def test_a_mirror_leaves_nothing(tmp_path: Path) -> None:
    """What is changed in a mirror changes nothing outside, and the mirror goes at the end, also after an interrupt."""
    home = _home(tmp_path)
    (home / ".config/x/pipe").unlink()
    before = tree(home)
    with (
        contextlib.suppress(KeyboardInterrupt),
        mirrored(home, home, from_home=(".config/x",), from_project=("elsewhere.md",)) as mirror,
    ):
        (mirror.home / ".config/x/agents/one.md").write_text("changed")
        (mirror.project / "elsewhere.md").write_text("changed")
        place = mirror.home
        raise KeyboardInterrupt
    assert before == tree(home)
    assert not place.parent.exists()


def test_programs_in_a_mirror_see_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HOME and PWD are the copies, and of the caller only PATH, language and the like come over: no keys."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("OPENCODE_CONFIG", "/somewhere")
    with mirrored(tmp_path, None, from_home=(), from_project=()) as mirror:
        environment = mirror.environment(EXTRA="1")
        assert (str(mirror.home), str(mirror.project)) == (environment["HOME"], environment["PWD"])
        assert {"ANTHROPIC_API_KEY", "OPENCODE_CONFIG"}.isdisjoint(environment)
        assert "1" == environment["EXTRA"]
