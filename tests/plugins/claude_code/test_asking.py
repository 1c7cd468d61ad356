"""What an install of Claude Code is asked: whether the guard is there, whole, switched on, and judging."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack.host import Names
from batchpack.installer.rendered import write_tree
from batchpack.values import Check, Scope, Target
from tests.support.pack import host, pack, working
from tests.support.project import tree

SCOPES: tuple[Scope, ...] = ("user", "project")
HOOKS = {"user": ".claude/skills/batchpack/hooks/hooks.json", "project": ".claude/settings.json"}
POLICY = {"user": ".claude/skills/batchpack/hooks/policy.json", "project": ".claude/batchpack/policy.json"}
STARTED = {"type": "system", "subtype": "hook_response", "hook_event": "SessionStart", "exit_code": 0}
FINE = '{"suppressOutput": true}'


@pytest.fixture(params=SCOPES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """Write an install of each scope below a fresh home."""
    scope: Scope = request.param
    monkeypatch.setenv("HOME", str(tmp_path))
    base = tmp_path if scope == "user" else tmp_path / "project"
    base.mkdir(exist_ok=True)
    target = working("claude_code", scope, base)
    write_tree(host("claude_code"), pack(), target)
    _program(tmp_path, monkeypatch, {**STARTED, "stdout": FINE})
    return target


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, *said: dict[str, Any]) -> None:
    """Put a `claude` on PATH that begins a session with these lines."""
    lines = [json.dumps(line) for line in (*said, {"type": "system", "subtype": "init", "agents": ["explorer"]})]
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin/lines").write_text("\n".join(lines))
    (folder / "bin/claude").write_text(f"#!/bin/sh\ncat '{folder}/bin/lines'\n")
    (folder / "bin/claude").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


def _asked(place: Target) -> dict[str, Check]:
    """Return the checks by name."""
    return {check.name: check for check in host("claude_code").verify(place, Names((), ("explorer",), ()))}


def _change(path: Path, old: str, new: str) -> None:
    """Replace a text in a file, which must be there."""
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_an_install_is_whole(place: Target) -> None:
    """The guard is loaded, its hooks are as installed, and it judges; nothing is left behind."""
    before = tree(place.base)
    checks = _asked(place)
    assert before == tree(place.base)
    assert {"agent explorer", "guard loaded", "guard's hooks", "guard judges"} == set(checks)
    assert [] == [check for check in checks.values() if not check.ok]


BREAKS: dict[str, Callable[[Path, Path], object]] = {
    "hooks missing": lambda hooks, _: hooks.unlink(),
    "hooks empty": lambda hooks, _: hooks.write_text("{}"),
    "guard opened": lambda hooks, _: _change(hooks, "2) exit 2", "2) exit 0"),
    "fewer tools": lambda hooks, _: _change(hooks, '"matcher": "*"', '"matcher": "Edit"'),
    "shorter time": lambda hooks, _: _change(hooks, "600", "1"),
    "interpreter": lambda hooks, _: _change(hooks, "bin/python", "bin/no-python"),
    "policy missing": lambda _, policy: policy.unlink(),
    "policy altered": lambda _, policy: _change(policy, '"edit": "deny"', '"edit": "allow"'),
    "policy broken": lambda _, policy: policy.write_text("{"),
    "policy emptied": lambda _, policy: policy.write_text("[]"),
    "hooks of another form": lambda hooks, _: hooks.write_text("[]"),
}


def test_a_guard_that_is_not_as_installed_is_found(place: Target) -> None:
    """Whatever of hook or policy is missing or changed fails the check, which says what to do."""
    hooks, policy = place.base / HOOKS[place.scope], place.base / POLICY[place.scope]
    whole = {path: path.read_text() for path in (hooks, policy)}
    for broken, change in BREAKS.items():
        change(hooks, policy)
        check = _asked(place)["guard's hooks"]
        assert check.ok is False, broken
        assert f"batchpack install --host claude_code --scope {place.scope}" in check.detail, broken
        for path, text in whole.items():
            path.write_text(text)
    assert _asked(place)["guard's hooks"].ok


def test_a_file_that_claude_code_cannot_read_is_told(place: Target) -> None:
    """With a comment in it Claude Code reads nothing of a settings file, so it does not help to install again."""
    hooks = place.base / HOOKS[place.scope]
    hooks.write_text("// mine\n" + hooks.read_text())
    check = _asked(place)["guard's hooks"]
    assert check.ok is False
    assert f"{hooks} is no plain JSON" in check.detail


def test_an_interpreter_that_is_gone_is_found(place: Target) -> None:
    """Hook and policy are as installed, but the guard no longer runs: the probe fails."""
    gone = replace(place, python="/nowhere/python")
    shutil.rmtree(place.folder)
    write_tree(host("claude_code"), pack(), gone)
    checks = _asked(gone)
    assert checks["guard's hooks"].ok
    assert checks["guard judges"].ok is False
    assert "does not run" in checks["guard judges"].detail


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_hooks_that_are_switched_off_are_found(name: str, place: Target) -> None:
    """`disableAllHooks` in any settings fails the check and says what it takes away; switched on is no complaint."""
    settings = place.folder / name
    values = json.loads(settings.read_text()) if settings.exists() else {}
    settings.write_text(json.dumps({**values, "disableAllHooks": False}))
    assert "hooks are on" not in _asked(place)
    settings.write_text(json.dumps({**values, "disableAllHooks": True}))
    check = _asked(place)["hooks are on"]
    assert check.ok is False
    assert str(settings) in check.detail
    assert "neither their guard nor their grants" in check.detail


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ([], "does not run the guard's hooks"),
        ([{**STARTED, "stdout": '{"systemMessage": "it is broken"}'}], "it is broken"),
        ([{**STARTED, "exit_code": 1, "stdout": "", "stderr": "no sh"}], "no sh"),
        ([{**STARTED, "stdout": ""}], "its check said nothing"),
    ],
)
def test_what_the_session_says_of_the_guard_counts(
    said: list[dict[str, Any]], detail: str, place: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session without the guard's word, or with its complaint, fails the check."""
    _program(tmp_path, monkeypatch, *said)
    check = _asked(place)["guard loaded"]
    assert check.ok is False
    assert detail in check.detail
