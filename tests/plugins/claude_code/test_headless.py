"""The executor `claude`: its command line, and what its streams come to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.executor import Answer, Executor, Order, Usage

SESSION = "14652236-5edf-4163-83e4-6124ab8091bc"
ORDER = Order("t", 1, Path("/run/prompts/t-1.md"), Path("/tree"), commands=("pytest -q && echo 'ok'",))
INIT = {"type": "system", "subtype": "init", "session_id": SESSION}
RESULT = {"type": "result", "subtype": "success", "is_error": False, "result": "Done.", "session_id": SESSION}


def used(tokens: int, dollars: float) -> dict[str, dict[str, float]]:
    """Return the usage of a model as the host writes it."""
    return {"opus": {"inputTokens": tokens, "outputTokens": 1, "cacheReadInputTokens": 2, "costUSD": dollars}}


def message(name: str, text: str, **more: Any) -> dict[str, Any]:
    """Return an assistant's message."""
    usage = {"input_tokens": 5, "output_tokens": 1}
    content = [{"type": "text", "text": text}]
    return {"type": "assistant", "message": {"id": name, "model": "opus", "usage": usage, "content": content}, **more}


@pytest.fixture
def claude() -> Executor:
    """Return the executor as the plugin manager has it."""
    return manager.load().executors["claude"]


def read(claude: Executor, folder: Path, *events: dict[str, Any], err: str = "", code: int = 0) -> Answer:
    """Read a stream."""
    (folder / "out").write_text("".join(f"{json.dumps(event)}\n" for event in events))
    (folder / "err").write_text(err)
    return claude.read(ORDER, folder / "out", folder / "err", code)


def test_the_command_line(claude: Executor) -> None:
    """The prompt comes on standard input; edits, commits and the task's own lines are allowed, git's rest is not."""
    launch = claude.launch(replace(ORDER, model="-x opus"))
    rules = json.loads(launch.argv[launch.argv.index("--settings") + 1])["permissions"]

    assert ("claude", "-p", ORDER.prompt, "--model=-x opus") == (*launch.argv[:2], launch.stdin, launch.argv[-1])
    assert {"Bash(git commit:*)", "Bash(pytest -q && echo 'ok')"} <= set(rules["allow"])
    assert {"Bash(git stash:*)", "Bash(git push:*)", "Read(**/*.env)", "Edit(.git/**)"} <= set(rules["deny"])
    assert ("/tree", None) == (launch.env["PWD"], launch.env["CLAUDECODE"])
    assert claude.AGENT


def test_a_role_is_the_users_agent_or_the_packs(claude: Executor, tmp_path: Path) -> None:
    """A role is started under the name that Claude Code has for it."""
    agent = tmp_path / ".claude/agents/own.md"
    agent.parent.mkdir(parents=True)
    agent.write_text("---\nname: own\ndescription: mine\n---\n")
    order = replace(ORDER, folder=tmp_path)

    assert "--agent=own" == claude.launch(replace(order, agent="own")).argv[-1]
    assert "--agent=batchpack:explorer" == claude.launch(replace(order, agent="explorer")).argv[-1]


def test_a_session_is_gone_on_with_where_it_is(
    claude: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a session whose record lies there is resumed; another, or what is none, is begun anew."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    record = tmp_path / "projects" / "-tree" / f"{SESSION}.jsonl"

    assert f"--resume={SESSION}" not in claude.launch(replace(ORDER, session=SESSION)).argv
    record.parent.mkdir(parents=True)
    record.write_text("")
    assert f"--resume={SESSION}" == claude.launch(replace(ORDER, session=SESSION)).argv[-1]
    assert not [word for word in claude.launch(replace(ORDER, session="../*")).argv if "resume" in word]


def test_each_attempt_is_counted_alone(claude: Executor, tmp_path: Path) -> None:
    """Where a result says what was used since the one before, a session's earlier attempts do not count again."""
    first = {**RESULT, "modelUsage": used(900, 9.0), "model_usage_since_last_result": used(10, 0.5)}
    second = {**RESULT, "modelUsage": used(920, 9.75), "model_usage_since_last_result": used(20, 0.25)}
    answer = read(claude, tmp_path, INIT, first, second)

    assert (Usage(30, 2, 4, 0, 0.75, "opus"), SESSION, "Done.") == (answer.usage, answer.session, answer.text)


def test_an_older_version_says_it_for_the_process(claude: Executor, tmp_path: Path) -> None:
    """Of several results without the newer key, the last one has the sum."""
    answer = read(
        claude, tmp_path, INIT, {**RESULT, "modelUsage": used(10, 0.5)}, {**RESULT, "modelUsage": used(30, 0.75)}
    )

    assert Usage(30, 1, 2, 0, 0.75, "opus") == answer.usage


def test_one_that_was_ended_has_its_messages(claude: Executor, tmp_path: Path) -> None:
    """Without a result, messages are counted once each, the price is unknown, and the last own words are the text."""
    parts = [message("m1", "Looking."), message("m1", "Looking."), message("m2", "of a child", parent_tool_use_id="x")]
    answer = read(claude, tmp_path, INIT, *parts, code=-15)

    assert (Usage(10, 2, model="opus"), "Looking.", None) == (answer.usage, answer.text, answer.pause)


@pytest.mark.parametrize(
    ("facts", "mends", "seconds"),
    [
        ({"api_error_status": 429, "result": "API Error: Request rejected (429)"}, True, None),
        ({"api_error_status": 529, "result": "API Error: 529 Overloaded"}, True, None),
        ({"api_error_status": None, "result": "Claude AI usage limit reached, try again in 5 minutes"}, True, 300.0),
        ({"api_error_status": None, "result": "API Error: Connection error."}, True, None),
        ({"api_error_status": 401, "result": "Invalid API key · Fix external API key"}, False, None),
        ({"api_error_status": None, "result": "Not logged in · Please run /login"}, False, None),
        ({"api_error_status": 400, "result": "Credit balance is too low"}, False, None),
        ({"api_error_status": 404, "result": "There's an issue with the selected model (x)."}, False, None),
    ],
)
def test_what_is_no_fault_of_the_work_is_a_pause(
    claude: Executor, tmp_path: Path, facts: dict[str, Any], mends: bool, seconds: float | None
) -> None:
    """A limit is waited for, an account or a model that is refused needs somebody."""
    pause = read(claude, tmp_path, INIT, {**RESULT, "is_error": True, **facts}, code=1).pause

    assert pause is not None
    assert (mends, seconds) == (pause.mends, pause.seconds)
    assert facts["result"] in pause.reason


def test_a_limit_with_its_moment_is_believed(claude: Executor, tmp_path: Path) -> None:
    """The event on a limit says when it ends; a moment that is over asks for no wait."""
    event = {"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 1}}
    pause = read(claude, tmp_path, event, {**RESULT, "is_error": True, "result": "hit your limit"}, code=1).pause

    assert pause is not None
    assert 0.0 == pause.seconds


@pytest.mark.parametrize(
    "facts", [{"api_error_status": 400, "result": "Prompt is too long"}, {"subtype": "error_max_turns"}]
)
def test_what_the_work_led_to_is_a_failure(claude: Executor, tmp_path: Path, facts: dict[str, Any]) -> None:
    """A conversation that grew too long or took too many turns is the attempt's."""
    assert None is read(claude, tmp_path, INIT, message("m", "x"), {**RESULT, "is_error": True, **facts}, code=1).pause


def test_words_of_the_task_are_no_pause(claude: Executor, tmp_path: Path) -> None:
    """An agent that ends well may speak of limits and keys."""
    assert None is read(claude, tmp_path, {**RESULT, "result": "API Error: 429 is handled; usage limit reached"}).pause


def test_one_that_never_began_needs_somebody(claude: Executor, tmp_path: Path) -> None:
    """A program that ends before any work has its last line told: an unknown agent, a broken installation."""
    pause = read(claude, tmp_path, err="--agent 'batchpack:nope' not found. Available agents: x\n", code=1).pause

    assert pause is not None
    assert (False, True) == (pause.mends, "nope' not found" in pause.reason)
    assert "batchpack install --host claude_code" in pause.reason


@pytest.mark.parametrize(
    "text", ["", "[]\n", '{"type": "assistant", "message": {"content": 3, "usage": []}}\n{"type": 1}\n']
)
def test_hostile_streams_break_nothing(claude: Executor, tmp_path: Path, text: str) -> None:
    """Whatever stands in the output, it is read to its end."""
    (tmp_path / "out").write_text(text)

    assert "" == claude.read(ORDER, tmp_path / "out", tmp_path / "err", 0).text
