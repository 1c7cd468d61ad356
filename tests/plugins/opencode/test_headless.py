"""The executor `opencode`: its command line and rules, and what its events come to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.executor import Answer, Executor, Order, Usage

SESSION = "ses_e015ebe35ffepU7EG7w7gm40Zj"
ORDER = Order("t", 1, Path("/run/prompts/t-1.md"), Path("/tree"), commands=("pytest -q && echo ok",))
COLUMNS = "tokens_input, tokens_output, tokens_reasoning, tokens_cache_read, tokens_cache_write, cost"


def event(kind: str, **facts: Any) -> dict[str, Any]:
    """Return an event of a session."""
    return {"type": kind, "timestamp": 1000, "sessionID": SESSION, **facts}


def text(message: str, said: str) -> dict[str, Any]:
    """Return a text of a message."""
    return event("text", part={"messageID": message, "text": said})


def step(sent: int, cost: float = 0) -> dict[str, Any]:
    """Return the end of a step."""
    tokens = {"input": sent, "output": 2, "reasoning": 1, "cache": {"read": 3, "write": 4}}
    return event("step_finish", part={"tokens": tokens, "cost": cost})


def error(name: str = "APIError", **data: Any) -> dict[str, Any]:
    """Return the error that ended a session."""
    return event("error", error={"name": name, "data": data})


@pytest.fixture
def opencode() -> Executor:
    """Return the executor as the plugin manager has it."""
    return manager.load().executors["opencode"]


def read(opencode: Executor, folder: Path, *events: dict[str, Any], err: str = "", code: int = 0) -> Answer:
    """Read events."""
    (folder / "out").write_text("".join(f"{json.dumps(one)}\n" for one in events))
    (folder / "err").write_text(err)
    return opencode.read(ORDER, folder / "out", folder / "err", code)


def records(home: Path, *sessions: tuple[str, str | None, int, float]) -> None:
    """Write opencode's records: sessions with their parent, input and cost."""
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"CREATE TABLE session (id, parent_id, time_created, {COLUMNS})")
        for name, parent, sent, cost in sessions:
            made.execute("INSERT INTO session VALUES (?, ?, 2000, ?, 1, 1, 0, 0, ?)", (name, parent, sent, cost))
        made.commit()


def test_the_command_line(opencode: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompt comes on standard input; edits and the task's own lines are allowed, other programs are not."""
    monkeypatch.setenv("OPENCODE_CONFIG_CONTENT", '{"model": "mine", "permission": "allow"}')
    launch = opencode.launch(replace(ORDER, model="-x", agent="me"))
    settings = json.loads(str(launch.env["OPENCODE_CONFIG_CONTENT"]))
    rules = settings["permission"]

    assert ("opencode", "run", "--format", "json", "--title=t", "--model=-x", "--agent=me") == launch.argv
    assert (ORDER.prompt, "/tree", "mine") == (launch.stdin, launch.env["PWD"], settings["model"])
    assert ("deny", "allow", "allow", "allow") == tuple(
        rules["bash"][line] for line in ("*", "pytest -q && echo ok", "pytest -q", "echo ok")
    )
    assert "git stash *" not in rules["bash"]
    assert ("allow", "deny", "deny") == tuple(rules["edit"][path] for path in ("*", "*.env", ".git/*"))
    assert {"*": "deny", "*/.batchpack/*": "allow"} == rules["external_directory"]


def test_a_session_is_gone_on_with_where_it_is(
    opencode: Executor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only a session that opencode has is continued; another, or what is none, is begun anew."""
    monkeypatch.setenv("HOME", str(tmp_path))
    wanted = replace(ORDER, session=SESSION)

    assert f"--session={SESSION}" not in opencode.launch(wanted).argv
    records(tmp_path, (SESSION, None, 1, 0.0))
    assert f"--session={SESSION}" in opencode.launch(wanted).argv
    assert not [word for word in opencode.launch(replace(ORDER, session="x' OR 1")).argv if "--session" in word]


def test_the_last_message_is_the_text(opencode: Executor, tmp_path: Path) -> None:
    """Of several messages the last one's texts are what the agent said."""
    answer = read(opencode, tmp_path, text("m1", "Looking."), step(10, 0.5), text("m2", "Done."), text("m2", "RESULT"))

    assert ("Done.\nRESULT", SESSION, None) == (answer.text, answer.session, answer.pause)


def test_steps_and_subagents_are_summed(opencode: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the session used, and what those that it started used, however deep; a price of 0 is none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Usage(30, 6, 6, 8, 0.75) == read(opencode, tmp_path, step(10, 0.5), step(20, 0.25)).usage
    records(tmp_path, (SESSION, None, 7, 9.0), ("a", SESSION, 100, 0.5), ("b", "a", 200, 0.5), ("other", None, 5, 5.0))
    assert Usage(310, 7, 3, 4, 1.5) == read(opencode, tmp_path, step(10, 0.5)).usage
    assert None is read(opencode, tmp_path, text("m", "x")).usage


def test_a_price_of_nothing_is_unknown(opencode: Executor, tmp_path: Path) -> None:
    """Opencode writes 0 where it knows no price."""
    usage = read(opencode, tmp_path, step(10)).usage

    assert usage is not None
    assert None is usage.dollars


@pytest.mark.parametrize(
    ("one", "mends", "seconds"),
    [
        (error(message="Too Many Requests", statusCode=429, responseHeaders={"retry-after": "7"}), True, 7.0),
        (error(message="Provider is overloaded", statusCode=503), True, None),
        (error(message="Incorrect API key provided", statusCode=401), False, None),
        (error(message="quota", statusCode=429, responseBody='{"code": "insufficient_quota"}'), False, None),
        (error(message="The model does not exist", statusCode=404), False, None),
        (error("ProviderAuthError", message="no key"), False, None),
        (error("UnknownError", message="Unexpected server error. Check server logs for details."), False, None),
    ],
)
def test_what_is_no_fault_of_the_work_is_a_pause(
    opencode: Executor, tmp_path: Path, one: dict[str, Any], mends: bool, seconds: float | None
) -> None:
    """A limit is waited for as long as was asked, an account, key or model that is refused needs somebody."""
    pause = read(opencode, tmp_path, one, code=1).pause

    assert pause is not None
    assert (mends, seconds) == (pause.mends, pause.seconds)
    assert one["error"]["data"]["message"] in pause.reason


def test_what_the_work_led_to_is_a_failure(opencode: Executor, tmp_path: Path) -> None:
    """A conversation that grew too long and a request that is refused as such are the attempt's."""
    assert None is read(opencode, tmp_path, step(1), error("ContextOverflowError", message="too long"), code=1).pause
    assert None is read(opencode, tmp_path, step(1), error(message="bad", statusCode=400), code=1).pause


def test_a_mended_error_is_none(opencode: Executor, tmp_path: Path) -> None:
    """An error after which the session went on says nothing."""
    assert None is read(opencode, tmp_path, error(message="busy", statusCode=429), step(1)).pause


@pytest.mark.parametrize(
    ("err", "words"),
    [
        ('\x1b[93m! \x1b[0m agent "nope" not found. Falling back to default agent\n', 'agent "nope" not found'),
        ("Error: Configuration is invalid at x\n", "Configuration is invalid"),
        ("", "exit code 1"),
    ],
)
def test_one_that_never_began_needs_somebody(opencode: Executor, tmp_path: Path, err: str, words: str) -> None:
    """Another agent than was asked for, and a program that ends before any work, stop the run with the reason."""
    pause = read(opencode, tmp_path, err=err, code=1).pause

    assert pause is not None
    assert (False, True) == (pause.mends, words in pause.reason)


@pytest.mark.parametrize(
    "err", ["Error: Unexpected error\n\ndatabase is locked\n", "Failed query: CREATE TABLE x\nparams:\n"]
)
def test_starts_that_meet_are_repeated(opencode: Executor, tmp_path: Path, err: str) -> None:
    """Several that start at once for the first time make the same records: the one that lost waits a moment."""
    pause = read(opencode, tmp_path, err=err, code=1).pause

    assert pause is not None
    assert (True, 2.0) == (pause.mends, pause.seconds)


def test_hostile_events_break_nothing(opencode: Executor, tmp_path: Path) -> None:
    """Values of any kind in any place are read to their end."""
    odd: list[dict[str, Any]] = [
        {"type": "text", "part": 3},
        {"type": "step_finish", "part": {"tokens": [], "cost": "x"}},
        {"type": []},
    ]
    answer = read(opencode, tmp_path, *odd, {"type": "error", "error": {"data": 3, "name": 4}})

    assert ("", True) == (answer.text, answer.pause is not None)
