"""Asking the real programs what they loaded: right about what is there, silent in the user's folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from batchpack.host import Names
from batchpack.installer.rendered import write_tree
from batchpack.values import Check, Scope
from tests.support.hosts import CLAUDE, HOST_OF, OLD_CLAUDE, OPENCODE, find
from tests.support.pack import host, pack, rendered, target, working
from tests.support.project import tree

KINDS = [pytest.param(kind, marks=pytest.mark.host(kind)) for kind in (OPENCODE, CLAUDE, OLD_CLAUDE)]
SCOPES: tuple[Scope, ...] = ("user", "project")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put one real program on PATH, with a fresh home."""
    name = str(request.param)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / ("opencode" if name == OPENCODE else "claude")).symlink_to(find(name).resolve())
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home/project").mkdir()
    return name


def _installed(kind: str, scope: Scope, tmp_path: Path) -> Path:
    """Write the host's files and return their base."""
    base = tmp_path / "home" if scope == "user" else tmp_path / "home/project"
    write_tree(host(HOST_OF[kind]), pack(), working(HOST_OF[kind], scope, base))
    return base


def _asked(kind: str, scope: Scope, base: Path) -> dict[str, Check]:
    """Ask for all that the pack brings."""
    page, place = host(HOST_OF[kind]), working(HOST_OF[kind], scope, base)
    roles = [agent.matter.name for agent in pack().agents]
    agents = page.agent_names(roles, base, Path.home()).values()
    return {check.name: check for check in page.verify(place, Names(("batch-run",), tuple(agents), ("batch-run",)))}


@pytest.mark.parametrize("scope", SCOPES)
def test_all_is_loaded_and_nothing_is_left_behind(kind: str, scope: Scope, tmp_path: Path) -> None:
    """Skills, command and all agents load in both scopes; home and project are byte for byte as before."""
    base = _installed(kind, scope, tmp_path)
    before = tree(tmp_path / "home")
    checks = _asked(kind, scope, base)
    assert [] == [check for check in checks.values() if not check.ok]
    assert {"skill batch-run", "command batch-run"} <= set(checks)
    agents = [name for name in checks if name.startswith("agent ")]
    assert len(pack().agents) == len([name for name in agents if name != "agent batch-orchestrator"])
    assert before == tree(tmp_path / "home")


def test_what_is_missing_is_named(kind: str, tmp_path: Path) -> None:
    """A file that is gone is a failed check, which says what to do."""
    base = _installed(kind, "project", tmp_path)
    next(base.rglob("debugger.md")).unlink()
    failed = [check for check in _asked(kind, "project", base).values() if check.ok is False]
    # a plain agent that is gone would be called by the plugin's name in Claude Code
    assert ["debugger"] == [check.name.removeprefix("agent ").removeprefix("batchpack:") for check in failed]
    assert "batchpack install" in failed[0].detail


@pytest.mark.host(OPENCODE)
@pytest.mark.parametrize("kind", [OPENCODE], indirect=True)
def test_rules_that_do_not_load_are_found(kind: str, tmp_path: Path) -> None:
    """An agent with broken front matter is loaded, but without its rules: the check fails for that agent."""
    base = _installed(kind, "project", tmp_path)
    agent = base / ".opencode/agents/explorer.md"
    agent.write_text(agent.read_text().replace("edit: deny", "edit: allow", 1))
    (base / ".opencode/agent").mkdir()
    ours = rendered("opencode", "project")[".opencode/agents/debugger.md"].text
    (base / ".opencode/agents/debugger.md").write_text("oops\n" + ours)
    checks = _asked(kind, "project", base)
    assert checks["agent explorer"].ok, (
        "an edited file is what opencode reads; that it was edited is the receipt's to say"
    )
    assert checks["agent debugger"].ok is False
    assert checks["agent architect"].ok


@pytest.mark.host(OPENCODE)
@pytest.mark.parametrize("kind", [OPENCODE], indirect=True)
def test_without_ripgrep_skills_cannot_be_asked(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skills are listed with rg; without it the check says so; one that opencode fetched itself will do."""
    ripgrep = shutil.which("rg")
    assert ripgrep is not None
    base = _installed(kind, "project", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "node", "env", "git"):
        if found := next((path for path in (Path("/usr/bin", name), Path("/bin", name)) if path.exists()), None):
            (tools / name).symlink_to(found)
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{tools}")
    checks = _asked(kind, "project", base)
    assert [None, None] == [checks["ripgrep"].ok, checks["skill batch-run"].ok]
    assert "needs rg" in checks["ripgrep"].detail
    fetched = tmp_path / "home" / ".cache/opencode/bin/rg"
    fetched.parent.mkdir(parents=True)
    fetched.symlink_to(ripgrep)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert _asked(kind, "project", base)["skill batch-run"].ok


@pytest.mark.parametrize("name", ["opencode", "claude_code", "osa"])
def test_a_missing_program_is_no_failure(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is not there, nothing can be asked, and that is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (check,) = host(name).verify(target(name, "user", tmp_path), Names(("batch-run",)))
    assert check.ok is None
    assert check.detail


@pytest.mark.parametrize("name", ["opencode", "claude_code"])
def test_a_program_that_hangs_or_babbles_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that says nothing of use gives a check with what it said, never an exception."""
    program = tmp_path / ("opencode" if name == "opencode" else "claude")
    program.write_text("#!/bin/sh\necho not json\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    checks = host(name).verify(target(name, "user", tmp_path), Names(("batch-run",)))
    assert [check for check in checks if not check.ok]
