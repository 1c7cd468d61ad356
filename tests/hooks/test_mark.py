"""The script that marks events: what it keeps, what it leaves out, and that nothing it meets disturbs a session."""

from __future__ import annotations

import ast
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import ROOT

SCRIPT = ROOT / "hooks" / "mark.py"
SECRET = "a-secret-that-must-stand-nowhere"
PROCESSES = 50


def fire(home: Path, call: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the script as Claude Code's hook does, with a call on standard input."""
    data = call if isinstance(call, bytes) else json.dumps(call).encode()
    env = {"HOME": str(home), "CLAUDE_PROJECT_DIR": "/p/shop", **environment}
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], input=data, env=env, capture_output=True, check=False
    )


def folder(home: Path) -> Path:
    """Return where the marks lie."""
    return home / ".local/state/batchpack/marks"


def marks(home: Path) -> list[dict[str, Any]]:
    """Return the marks there are."""
    return [json.loads(line) for path in folder(home).glob("*") for line in path.read_text().splitlines()]


def call(event: str, **more: object) -> dict[str, Any]:
    """Make what Claude Code hands to a hook."""
    return {"hook_event_name": event, "session_id": "s-1", "cwd": "/p/shop/deep", "transcript_path": "/t.jsonl", **more}


AGENT = {"agent_id": "a1", "agent_type": "batchpack:explorer"}
ASKED = {
    "tool_name": "Agent",
    "tool_use_id": "toolu_1",
    "tool_input": {"prompt": SECRET, "description": SECRET, "subagent_type": "batchpack:explorer"},
}
KEPT = {
    "session_started": (call("SessionStart", source="startup"), {}),
    "session_ended": (call("SessionEnd", reason="other"), {}),
    "agent_started": (call("SubagentStart", **AGENT), {"part": "a1", "agent": "batchpack:explorer"}),
    "agent_ended": (
        call("SubagentStop", last_assistant_message=SECRET, **AGENT),
        {"part": "a1", "agent": "batchpack:explorer"},
    ),
    "agent_failed": (call("StopFailure", error=SECRET, **AGENT), {"part": "a1", "agent": "batchpack:explorer"}),
    "turn_failed": (call("StopFailure", error=SECRET), {}),
    "agent_returned": (
        call("PostToolUse", tool_response={"agentId": "a1", "status": "completed", "content": SECRET}, **ASKED),
        {"part": "a1", "agent": "batchpack:explorer", "call": "toolu_1"},
    ),
    "agent_launched": (
        call("PostToolUse", tool_response={"agentId": "a1", "status": "async_launched"}, **ASKED),
        {"part": "a1", "agent": "batchpack:explorer", "call": "toolu_1"},
    ),
    "agent_call_failed": (
        call("PostToolUseFailure", error=SECRET, **ASKED),
        {"agent": "batchpack:explorer", "call": "toolu_1"},
    ),
}


@pytest.mark.parametrize("event", KEPT)
def test_an_event_is_one_line_of_ids_names_and_a_moment(event: str, tmp_path: Path) -> None:
    """Each event is marked with what ties it to a session and an agent; no text of anybody's is kept."""
    given, expected = KEPT[event]
    before = time.time()

    done = fire(tmp_path, given)

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    (found,) = marks(tmp_path)
    assert before - 1 <= found.pop("at") <= time.time() + 1
    usual = {"v": 1, "host": "claude_code", "event": event, "session": "s-1", "project": "/p/shop"}
    assert {**usual, **expected} == found


def test_a_session_of_a_run_says_so(tmp_path: Path) -> None:
    """Where `batchpack run` started the session, the mark names run and task."""
    fire(tmp_path, call("SessionStart"), BATCHPACK_RUN="20261121T100000-ab12", BATCHPACK_TASK="L1-001")

    assert [("20261121T100000-ab12", "L1-001")] == [(one["run"], one["task"]) for one in marks(tmp_path)]


def test_marks_lie_in_the_state_folder_for_their_owner_alone(tmp_path: Path) -> None:
    """XDG_STATE_HOME is obeyed where it is absolute, and neither file nor folders are anybody else's to read."""
    fire(tmp_path, call("SessionStart"), XDG_STATE_HOME=str(tmp_path / "state"))
    fire(tmp_path, call("SessionStart"), XDG_STATE_HOME="relative")

    (found,) = (tmp_path / "state/batchpack/marks").iterdir()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (found, found.parent, found.parent.parent)]
    assert [0o600, 0o700, 0o700] == modes
    assert 1 == len(marks(tmp_path))


IGNORED = {
    "another tool": call("PostToolUse", tool_name="Bash", tool_input={"command": SECRET}),
    "another event": call("UserPromptSubmit", prompt=SECRET),
    "no session": {"hook_event_name": "SessionStart"},
    "session of a strange kind": call("SessionStart") | {"session_id": ["s"]},
    "session with control characters": call("SessionStart") | {"session_id": "s\n1"},
    "an event that is a list": {"hook_event_name": ["SessionStart"], "session_id": "s"},
    "no object": [1],
    "no JSON": b"{",
    "nothing": b"",
    "too deep": b"[" * 100_000,
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_no_event_of_ours_leaves_no_line(name: str, tmp_path: Path) -> None:
    """Whatever comes in, the script says nothing, ends with 0 and writes nothing."""
    done = fire(tmp_path, IGNORED[name])

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert [] == marks(tmp_path)


def test_odd_fields_are_left_out(tmp_path: Path) -> None:
    """Fields that are too long, of a strange kind or that no terminal could show are dropped, the mark is kept."""
    odd = {"agent_id": {"a": 1}, "agent_type": "x" * 5000}
    fire(tmp_path, call("SubagentStart", **odd), CLAUDE_PROJECT_DIR="/p/\x1b[31m")
    fire(tmp_path, call("SubagentStart", agent_id="\ud800", agent_type="é" * 200), CLAUDE_PROJECT_DIR="é" * 1000)

    first, second = marks(tmp_path)
    assert not {"part", "agent", "project"} & set(first)
    assert ("é" * 200, False) == (second["agent"], "project" in second)
    assert [] == [path for path in folder(tmp_path).iterdir() if max(map(len, path.read_bytes().split(b"\n"))) > 4096]


def _read_only(home: Path) -> None:
    (home / ".local").write_text("a file where a folder should be")


def _linked(home: Path) -> None:
    folder(home).mkdir(parents=True)
    (folder(home) / time.strftime("claude_code-%Y-%m-%d.jsonl", time.gmtime())).symlink_to(home / "elsewhere")


def _piped(home: Path) -> None:
    folder(home).mkdir(parents=True)
    os.mkfifo(folder(home) / time.strftime("claude_code-%Y-%m-%d.jsonl", time.gmtime()))


def _filled(home: Path) -> None:
    folder(home).mkdir(parents=True)
    with (folder(home) / time.strftime("claude_code-%Y-%m-%d.jsonl", time.gmtime())).open("wb") as stream:
        stream.truncate(32 * 1024 * 1024)


OBSTACLES = {"no folder can be made": _read_only, "a link": _linked, "a pipe": _piped, "a full file": _filled}


@pytest.mark.parametrize("name", OBSTACLES)
def test_a_place_that_cannot_be_written_is_nobodys_trouble(name: str, tmp_path: Path) -> None:
    """The script ends with 0 in silence, soon, and follows no link."""
    prepare: Callable[[Path], None] = OBSTACLES[name]
    prepare(tmp_path)
    before = sorted((path, path.lstat().st_size) for path in tmp_path.rglob("*"))

    done = fire(tmp_path, call("SessionStart"))

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert before == sorted((path, path.lstat().st_size) for path in tmp_path.rglob("*"))


def test_a_host_that_hands_over_nothing_does_not_keep_it_waiting(tmp_path: Path) -> None:
    """With standard input left open the script ends by itself after some seconds."""
    child = subprocess.Popen([sys.executable, "-I", "-S", str(SCRIPT)], stdin=subprocess.PIPE, env={"HOME": "/x"})
    try:
        assert 0 == child.wait(10)
    finally:
        child.kill()
        assert child.stdin is not None
        child.stdin.close()


def test_fifty_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    """Real processes that mark at the same moment leave one whole line each."""
    env = {"HOME": str(tmp_path), "CLAUDE_PROJECT_DIR": "/p/" + "x" * 1000}
    words = [sys.executable, "-I", "-S", str(SCRIPT)]
    children = [subprocess.Popen(words, stdin=subprocess.PIPE, env=env) for _ in range(PROCESSES)]
    for number, child in enumerate(children):
        assert child.stdin is not None
        child.stdin.write(json.dumps(call("SubagentStart", agent_id=f"a{number}")).encode())
    for child in children:
        assert child.stdin is not None
        child.stdin.close()

    assert [0] * PROCESSES == [child.wait() for child in children]
    assert {f"a{number}" for number in range(PROCESSES)} == {one["part"] for one in marks(tmp_path)}
    assert PROCESSES == len(marks(tmp_path))


def test_it_is_readable_for_python_3_8() -> None:
    """The script parses as Python 3.8 and imports the standard library only."""
    page = ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    imports = {alias.name for node in ast.walk(page) if isinstance(node, ast.Import) for alias in node.names}

    assert imports <= set(sys.stdlib_module_names)
