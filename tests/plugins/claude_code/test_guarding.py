"""The guard's hooks: what the shell lets pass, what it blocks when the guard cannot run, and where they stand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack.installer.rendered import write_tree
from batchpack.values import Scope, Target
from tests.support.pack import host, pack, target, working

SCOPES: tuple[Scope, ...] = ("user", "project")
SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not here"))
    for shell in ("dash", "bash")
]
MARK = "mark.py"
HOOKS = {"user": ".claude/skills/batchpack/hooks/hooks.json", "project": ".claude/settings.json"}


def _installed(scope: Scope, base: Path, python: str = sys.executable) -> Target:
    """Write a host's tree below a folder whose name needs quotes."""
    odd = base / "a b's $HOME"
    odd.mkdir()
    place = replace(working("claude_code", scope, odd), python=python)
    write_tree(host("claude_code"), pack(), place)
    return place


def _command(place: Target, event: str = "PreToolUse") -> str:
    """Return the command of the guard's one hook of an event, as Claude Code reads it."""
    hooks = json.loads((place.base / HOOKS[place.scope]).read_text())["hooks"]
    (command,) = (hook["command"] for group in hooks[event] for hook in group["hooks"] if MARK not in hook["command"])
    return str(command)


def _run(place: Target, call: object, shell: str = "sh", command: str = "") -> tuple[int, str, str]:
    """Run the hook as Claude Code does: one line of JSON on its standard input."""
    argv = [shell, "-c", command or _command(place)]
    environment = {"PATH": "/usr/bin:/bin", "CLAUDE_PLUGIN_ROOT": str(place.base / ".claude/skills/batchpack")}
    text = call if isinstance(call, str) else json.dumps(call, separators=(",", ":")) + "\n"
    done = subprocess.run(
        argv, input=text, env=environment, cwd=place.base, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def _call(place: Target, command: str, **more: Any) -> dict[str, Any]:
    """Return a call of Bash."""
    return {"cwd": str(place.base), "tool_name": "Bash", "tool_input": {"command": command}, **more}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_guard_judges_its_agents_only(scope: Scope, shell: str, tmp_path: Path) -> None:
    """One call is refused, one granted, one of a foreign agent passes; the same from every shell, by any path."""
    place = _installed(scope, tmp_path)
    agent = "batchpack:explorer" if scope == "user" else "explorer"
    code, _, told = _run(place, _call(place, "git log > file", agent_type=agent), shell)
    assert (2, True) == (code, told.startswith("batchpack's guard: "))
    code, out, _ = _run(place, _call(place, "git log", agent_type=agent), shell)
    assert (0, "") == (code, out)
    assert (0, "", "") == _run(place, _call(place, "git log > file", agent_type="general-purpose"), shell)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_users_own_calls_do_not_even_start_it(shell: str, tmp_path: Path) -> None:
    """Without an interpreter the user's calls pass, whatever they hold; those of our agents and what is none do not."""
    place = _installed("user", tmp_path, python="/nowhere/python")
    for own in (
        "ls",
        'grep \'"agent_type":"x"\' *',
        "x" * 300_000,
        "a\nb\\n%s `x` $(y) \\",
        "é",
        "run batchpack:explorer now",
    ):
        assert (0, "", "") == _run(place, _call(place, own), shell)
        assert (0, "", "") == _run(place, _call(place, own, agent_type="general-purpose"), shell)
    for other in (_call(place, "ls", agent_type="batchpack:explorer"), "", "\n", "nonsense", '{"tool_name":'):
        code, out, told = _run(place, other, shell)
        assert (2, "") == (code, out)
        assert "batchpack: its guard does not run" in told


def test_a_call_over_several_lines_is_judged(tmp_path: Path) -> None:
    """How the host writes its JSON does not matter."""
    place = _installed("user", tmp_path)
    call = _call(place, "touch x", agent_type="batchpack:explorer")
    assert 2 == _run(place, json.dumps(call, indent=1))[0]
    assert 0 == _run(place, json.dumps(_call(place, "touch x"), indent=1))[0]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_session_begins_with_a_look_at_the_guard(scope: Scope, tmp_path: Path) -> None:
    """The look says nothing to the user when all is well, and what is wrong when the policy or interpreter is not."""
    place = _installed(scope, tmp_path)
    look = _command(place, "SessionStart")
    assert {"suppressOutput": True} == json.loads(_run(place, "", command=look)[1])
    dead = look.replace(sys.executable, "/nowhere/python")
    assert "does not run" in json.loads(_run(place, "", command=dead)[1])["systemMessage"]
    (policy,) = place.base.rglob("policy.json")
    policy.write_text(policy.read_text().replace('"schema": 1', '"schema":1'))
    assert "changed" in json.loads(_run(place, "", command=look)[1])["systemMessage"]


def test_all_tools_are_matched_and_time_is_no_way_out() -> None:
    """Claude Code lets a call through when its hook takes too long, so the hook may take very long."""
    page, place = host("claude_code"), target("claude_code", "project")
    (edit, *_) = page.settings_edits(pack(), place)
    assert ("append", ("hooks", "PreToolUse")) == (edit.action, edit.keys)
    group: Any = edit.value
    assert ("*", 600) == (group["matcher"], group["hooks"][0]["timeout"])


def test_a_guard_that_hangs_ends_itself_and_blocks(tmp_path: Path) -> None:
    """Its alarm comes long before the host's, and a guard that a signal ended lets nothing through."""
    script = "import signal, batchpack.guard.__main__; print(signal.alarm(0))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 600 / 2
    place = _installed("user", tmp_path)
    hanging = _command(place).replace(" -m batchpack.guard ", " -c 'import signal; signal.alarm(1); signal.pause()' ")
    assert 2 == _run(place, _call(place, "ls", agent_type="batchpack:explorer"), command=hanging)[0]


def test_without_agents_there_is_no_guard() -> None:
    """Where every agent is the user's own, nothing is left to guard: there is no policy, and no hook of the guard."""
    page, bare = host("claude_code"), replace(pack(), agents=())
    edits = page.settings_edits(bare, target("claude_code", "project"))
    assert [] == [edit for edit in edits if "batchpack.guard" in json.dumps(edit.value)]
    files = page.hook_files(bare, target("claude_code", "user"))
    assert [] == [file.path for file in files if "policy" in file.path or "-m batchpack.guard" in file.text]
