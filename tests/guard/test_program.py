"""The guard as hosts run it: a process, a call on standard input, an exit code; whatever breaks is a refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batchpack import guard
from tests.guard.cases import ASKED, ATTACKS, GRANTED, WORK, Row
from tests.guard.conftest import ROUTER, Ground, given

SOME = (*ATTACKS[::11], *WORK[::12], *GRANTED[::6], *ASKED[:2])
DEEP = b"[" * 100_000 + b"]" * 100_000


def call(ground: Ground, row: Row) -> dict[str, Any]:
    """Write a row as a host's call."""
    agent, tool, argument = row
    return ground.call(agent, tool, argument if isinstance(argument, dict) else given(tool, argument))


@pytest.mark.parametrize("row", SOME, ids=[f"{number}-{row[0]}-{row[1]}" for number, row in enumerate(SOME)])
def test_the_process_answers_as_the_function(row: Row, ground: Ground) -> None:
    """A refusal is exit 2 and a line on standard error, all else exit 0, with a word on standard output or without."""
    expected = ground.judge(row[0], row[1], call(ground, row)["tool_input"])

    done = ground.run(call(ground, row))

    if expected.startswith("no: "):
        done.assert_failed("batchpack's guard: ", code=2)
        assert ("", 1) == (done.out, len(done.err.splitlines()))
    elif expected == "ok":
        assert (0, "", "") == (done.code, done.out, done.err)
    else:
        said = done.json()["hookSpecificOutput"]
        assert ("PreToolUse", expected) == (said["hookEventName"], said["permissionDecision"])
        assert said["permissionDecisionReason"].startswith("batchpack: ")


@pytest.mark.parametrize("agent", [None, "general-purpose", "Reader", "reader "])
def test_the_users_own_session_is_never_touched(agent: str | None, ground: Ground) -> None:
    """Without an agent, or with one that is not the pack's, nothing is said, not even when all else is broken."""
    facts = ground.call(agent, "bash", {"command": "rm -rf x > y"}, cwd=None)

    assert (0, "", "") == _short(ground.run(facts))
    assert (0, "", "") == _short(ground.run(facts, argv=_other(ground, "--policy", "/nowhere")))
    assert (0, "", "") == _short(ground.run({"tool_input": {"x": "y"}}, argv=ground.argv()[:4]))


def _short(done: Any) -> tuple[int, str, str]:
    """Return what a process left."""
    return done.code, done.out, done.err


def _other(ground: Ground, option: str, value: str, *more: str) -> list[str]:
    """Return the command line with another value for an option."""
    words = ground.argv(*more)
    words[words.index(option) + 1] = value
    return words


FINE = ("reader", "read", "src/plain.ts")


@pytest.mark.parametrize(
    "text",
    [None, "", "{}", "[]", "null", "\ud800", "{" * 5000, "changed"],
    ids=["missing", "empty", "object", "list", "null", "no-utf8", "deep", "changed"],
)
def test_a_broken_policy_refuses(text: str | None, ground: Ground, tmp_path: Path) -> None:
    """A policy that is missing, altered or of no use refuses every call of the pack's agents, and the check tells."""
    from batchpack.files import fingerprint

    path = tmp_path / "policy.json"
    data = (ground.made.text + " ").encode() if text == "changed" else (text or "").encode("utf-8", "surrogatepass")
    if text is not None:
        path.write_bytes(data)
    right = ground.made.sha256 if text == "changed" else fingerprint(data)
    words = _other(ground, "--policy", str(path))
    words[words.index("--sha256") + 1] = right

    ground.run(call(ground, FINE), argv=words).assert_failed("batchpack install", code=2)
    said = ground.run(b"", argv=[*words, "--check"]).json()
    assert "batchpack install" in said["systemMessage"]
    assert ["systemMessage"] == list(said)


def _changed(ground: Ground, *keys: str, value: object) -> str:
    """Return the policy's text with another value."""
    facts: Any = json.loads(ground.made.text)
    inner = facts
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return json.dumps(facts)


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("schema",), 2),
        (("agents",), []),
        (("agents", "reader"), None),
        (("agents", "reader", "bash"), "alow"),
        (("agents", "reader", "read"), {"*": "allow"}),
        (("agents", "reader", "edit"), {"*": "maybe"}),
        (("tools",), None),
        (("agents", "reader", "extra"), "allow"),
        (("tools", "bash"), {}),
        (("program",), None),
        (("own",), "x"),
        (("own",), [1]),
        (("router",), {}),
        (("router",), {"path": 1, "sha256": ""}),
        (("agents", "reader", "task"), ["x"]),
    ],
)
def test_a_policy_of_another_shape_refuses(
    keys: tuple[str, ...], value: object, ground: Ground, tmp_path: Path
) -> None:
    """A policy with the right fingerprint and a wrong shape refuses too."""
    from batchpack.files import fingerprint

    path = tmp_path / "policy.json"
    path.write_text(_changed(ground, *keys, value=value))
    words = _other(ground, "--policy", str(path))
    words[words.index("--sha256") + 1] = fingerprint(path.read_bytes())

    ground.run(call(ground, FINE), argv=words).assert_failed("its policy is of another version", code=2)


def test_an_agent_that_the_policy_lacks_is_refused(ground: Ground) -> None:
    """An agent that is restricted by the command line and not in the policy is refused; the check tells of it."""
    words = _other(ground, "--agents", "reader,other")

    ground.run(ground.call("other", "read", {"filePath": "a"}), argv=words).assert_failed("`other`", code=2)
    assert "lacks agents" in ground.run(b"", argv=[*words, "--check"]).json()["systemMessage"]


READ = b'{"agent_type": "reader", "tool_name": "read", "tool_input": {"filePath": "a"}'
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b'{"agent_type": "reader"',
    "no object": b"[]",
    "no UTF-8": b'{"agent_type": "reader", "tool_name": "read", "tool_input": {"filePath": "\xff\xfe"}}',
    "deep": b'{"agent_type": "reader", "tool_name": "read", "tool_input": ' + DEEP + b"}",
    "a name that is none": b'{"agent_type": ["reader"], "tool_name": "read", "tool_input": {}}',
    "a number for a name": b'{"agent_type": 7, "tool_name": "read", "tool_input": {}}',
    "a huge number": b'{"agent_type": "reader", "tool_name": "read", "tool_input": {"filePath": 1'
    + b"0" * 10_000
    + b"}}",
    "no folder": READ + b"}",
    "a folder that is none": READ + b', "cwd": "/none"}',
    "a folder that is a list": READ + b', "cwd": ["/"]}',
    "a relative folder": READ + b', "cwd": "."}',
    "NUL in the folder": READ + b', "cwd": "/\\u0000"}',
    "no tool": b'{"agent_type": "reader", "tool_input": {}}',
    "a tool that is a list": b'{"agent_type": "reader", "tool_name": [], "tool_input": {}}',
    "half a letter": b'{"agent_type": "reader", "tool_name": "\\ud800", "tool_input": {}}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_input_is_refused(what: str, ground: Ground) -> None:
    """What cannot be read, or is not of the shape, is refused in one line."""
    done = ground.run(HOSTILE[what]).assert_failed("batchpack's guard: ", code=2)

    assert ("", 1) == (done.out, len(done.err.splitlines()))


@pytest.mark.parametrize("agent", ["runner", "reader", "builder", "orchestrator"])
def test_ten_megabytes_are_refused_in_time(agent: str, ground: Ground) -> None:
    """A huge command is refused in less than a host's patience."""
    for command in ("a'b'" * 2_500_000, "cat <<a\n" * 1_250_000):
        facts = ground.call(agent, "bash", {"command": command})
        ground.run(facts).assert_failed("too long", code=2)


def test_deep_parameters_of_the_users_own_session_pass(ground: Ground) -> None:
    """What is too deep to be read and names no agent is the user's own."""
    assert (0, "", "") == _short(ground.run(b'{"tool_name": "x", "tool_input": ' + DEEP + b"}"))


def test_a_closed_standard_output_grants_nothing(ground: Ground) -> None:
    """Where a grant cannot be said, the call is refused."""
    facts = json.dumps(ground.call("runner", "bash", {"command": f"bash {ROUTER} status"})).encode()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(ground.argv(), input=facts, stdout=full, stderr=subprocess.PIPE, check=False)

    assert 2 == done.returncode


def test_wrong_arguments_are_refused(ground: Ground) -> None:
    """A command line without its options refuses the pack's agents, and fails a check."""
    for words in (ground.argv()[:4], ground.argv()[:-1], ground.argv("--other"), ground.argv()[:-2]):
        ground.run(call(ground, FINE), argv=words).assert_failed("--policy", code=2)
        ground.run(b"", argv=[*words, "--check"]).assert_failed("--policy", code=2)


def test_the_check_is_quiet_when_all_is_as_installed(ground: Ground) -> None:
    """The check reads no standard input and says one line of JSON that no host shows."""
    done = ground.run(b"", "--check")

    assert (0, '{"suppressOutput": true}\n', "") == _short(done)


def test_the_check_tells_of_a_changed_router(ground: Ground) -> None:
    """A router.sh that was changed is found by the check."""
    router = ground.project.folder / ROUTER
    before = router.read_text()
    try:
        router.write_text("changed\n")
        said = ground.run(b"", "--check").json()["systemMessage"]
    finally:
        router.write_text(before)

    assert said == (
        "batchpack's guard is broken, so its agents are refused: router.sh was changed since it was installed; "
        "run `batchpack install`"
    )


def loaded(code: str) -> set[str]:
    """Return the names of the modules that some code has loaded at its end."""
    argv = [sys.executable, "-I", "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    return set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())


def test_nothing_but_the_standard_library_is_loaded() -> None:
    """All of the guard together loads itself, the list of what is protected, and a few of Python's own modules."""
    names = sorted(path.stem for path in Path(guard.__path__[0]).glob("*.py") if path.stem[0] != "_")
    new = loaded("\n".join(f"import batchpack.guard.{name}" for name in names)) - loaded("pass")

    strange = {name for name in new if name.split(".")[0] not in sys.stdlib_module_names}
    assert {"batchpack", "batchpack.protected"} == {name for name in strange if not name.startswith("batchpack.guard")}
    assert set() == {"typing", "pathlib", "argparse", "dataclasses", "hashlib"} & new


def test_the_environment_changes_nothing(ground: Ground, tmp_path: Path) -> None:
    """Modules beside the call or on PYTHONPATH are not loaded: the interpreter is isolated."""
    (ground.project.folder / "json.py").write_text("raise SystemExit(0)\n")
    try:
        env = {**os.environ, "PYTHONPATH": str(ground.project.folder)}
        facts = json.dumps(ground.call("reader", "edit", {"filePath": "a"})).encode()
        done = subprocess.run(
            ground.argv(), input=facts, env=env, cwd=ground.project.folder, capture_output=True, check=False
        )
    finally:
        (ground.project.folder / "json.py").unlink()

    assert 2 == done.returncode
