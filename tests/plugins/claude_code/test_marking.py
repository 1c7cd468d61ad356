"""The pack's own scripts in Claude Code: where they stand, that hooks never disturb, and whose status line is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack.host import STATUS_LINE
from batchpack.installer.rendered import write_tree
from batchpack.values import Edit, Scope, Target
from tests.support.pack import host, pack, working
from tests.support.project import ROOT

SCOPES: tuple[Scope, ...] = ("user", "project")
FOLDER = {"user": ".claude/skills/batchpack/hooks", "project": ".claude/batchpack"}
EVENTS = {
    "SessionStart": None,
    "SessionEnd": None,
    "SubagentStart": None,
    "SubagentStop": None,
    "PostToolUse": "Agent|Task",
    "PostToolUseFailure": "Agent|Task",
    "StopFailure": None,
}


def _installed(scope: Scope, base: Path, python: str = sys.executable) -> Target:
    """Write a host's tree below a folder whose name needs quotes."""
    odd = base / "a b's $HOME"
    odd.mkdir()
    place = replace(working("claude_code", scope, odd), python=python)
    write_tree(host("claude_code"), pack(), place)
    return place


def _groups(place: Target) -> dict[str, dict[str, Any]]:
    """Return the one group of each event that marks, as Claude Code reads it."""
    path = f"{FOLDER['user']}/hooks.json" if place.scope == "user" else ".claude/settings.json"
    hooks = json.loads((place.base / path).read_text())["hooks"]
    found = {event: [group for group in hooks[event] if "mark.py" in json.dumps(group)] for event in hooks}
    return {event: group for event, (group,) in ((event, groups) for event, groups in found.items() if groups)}


def _run(place: Target, home: Path, event: str = "SubagentStart") -> subprocess.CompletedProcess[str]:
    """Run an event's command as Claude Code does."""
    (hook,) = _groups(place)[event]["hooks"]
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "CLAUDE_PLUGIN_ROOT": str(place.base / FOLDER["user"][:-6]),
    }
    call = json.dumps({"hook_event_name": event, "session_id": "s", "agent_id": "a"})
    return subprocess.run(
        ["sh", "-c", hook["command"]], input=call, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_each_event_runs_the_script(scope: Scope, tmp_path: Path) -> None:
    """The seven events are hooked, the tool's only for the tool that starts agents, and the command leaves a mark."""
    place = _installed(scope, tmp_path)

    done = _run(place, tmp_path)

    assert EVENTS == {event: group.get("matcher") for event, group in _groups(place).items()}
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    (marks,) = (tmp_path / ".local/state/batchpack/marks").iterdir()
    assert "agent_started" == json.loads(marks.read_text())["event"]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("lost", ["interpreter", "script", "home"])
def test_what_is_missing_is_no_trouble_of_the_hosts(lost: str, scope: Scope, tmp_path: Path) -> None:
    """Without interpreter, script or home the command says nothing and ends with 0."""
    place = _installed(scope, tmp_path, *(["/nowhere/python"] if lost == "interpreter" else []))
    if lost == "script":
        (place.base / FOLDER[scope] / "mark.py").unlink()

    done = _run(place, Path("/proc/nowhere") if lost == "home" else tmp_path)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_scripts_are_copies_of_the_packs(scope: Scope, tmp_path: Path) -> None:
    """What lies in the host is what is tested here."""
    place = _installed(scope, tmp_path)

    for name in ("mark.py", "status-line.py"):
        assert (ROOT / "hooks" / name).read_text() == (place.base / FOLDER[scope] / name).read_text()


def _lines(place: Target) -> list[Edit]:
    """Return the edits that set a status line."""
    return [edit for edit in host("claude_code").settings_edits(pack(), place) if edit.reason == STATUS_LINE]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_status_line_is_set_only_where_it_is_asked_for(
    scope: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for, settings get a command that runs the script; once there it stays without being asked for again."""
    monkeypatch.setenv("HOME", str(tmp_path))
    place = _installed(scope, tmp_path)
    assert [] == _lines(place)

    (edit,) = _lines(replace(place, status_line=True))

    assert (".claude/settings.json", ("statusLine",), "set") == (edit.path, edit.keys, edit.action)
    assert isinstance(edit.value, dict)
    done = subprocess.run(["sh", "-c", edit.value["command"]], input="{}", capture_output=True, text=True, check=False)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    settings = place.base / ".claude/settings.json"
    settings.write_text(json.dumps({"statusLine": edit.value}))
    assert [edit] == _lines(place)


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_a_status_line_of_the_users_own_stays(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the user has set one, be it called as ours, none of ours is set."""
    monkeypatch.setenv("HOME", str(tmp_path))
    place = replace(_installed("user", tmp_path), status_line=True)
    theirs = {"statusLine": {"type": "command", "command": "~/.claude/status-line.py"}}

    (place.base / ".claude" / name).write_text(json.dumps(theirs))

    assert [] == _lines(place)


def test_a_status_line_for_all_projects_is_not_hidden_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a project none is set where the user has one for all projects."""
    monkeypatch.setenv("HOME", str(tmp_path))
    place = replace(_installed("project", tmp_path), status_line=True)
    assert 1 == len(_lines(place))
    (tmp_path / ".claude").mkdir()

    (tmp_path / ".claude/settings.json").write_text('{"statusLine": {"type": "command", "command": "mine"}}')

    assert [] == _lines(place)


@pytest.mark.parametrize("text", ["{", "[]", '{"statusLine": 7}', "\udcff"])
def test_settings_that_say_something_strange_break_nothing(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without being asked for, no status line is set into settings that cannot be understood."""
    monkeypatch.setenv("HOME", str(tmp_path))
    place = _installed("user", tmp_path)

    (place.base / ".claude/settings.json").write_bytes(text.encode(errors="surrogateescape"))

    assert [] == _lines(place)
