"""What the lines of a transcript tell: each request once, whose it was, and what cannot be counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.collector import MOST_OF_ONE, Complaint, Fact, Session, Source, Used
from tests.support import claude_records as records
from tests.support.claude_records import AGENT, AT_SECONDS, PROJECT, SESSION, answered, collected, requests, said

MAIN = Session("claude_code", SESSION, project=PROJECT)
RUN = "20261121T163043-eaef"


def read(*lines: str, agent: str = "", home: Path | None = None) -> list[Fact]:
    """Read one transcript."""
    path = records.transcript(home or Path.home(), *lines, agent=agent)
    return collected(Source(str(path), "1"))[0]


def test_a_request_is_told_with_all_that_it_used() -> None:
    """Tokens by kind, the model, the time and the session come from the line."""
    (used,) = requests(read(said("go"), answered(1, 5, 7, 100, 20, 3))).values()

    assert Used(MAIN, "msg_1:req_1", AT_SECONDS, "claude-opus-5-5", 5, 7, 100, 20, 3) == used


def test_the_lines_of_one_message_count_once() -> None:
    """Each block repeats the usage; what the earlier lines of a streamed message say less is made up for."""
    facts = read(answered(1, 5, 1), answered(1, 5, 1), answered(1, 5, 70), answered(2, 1, 1))

    assert [(5, 70), (1, 1)] == [(one.input, one.output) for one in facts if isinstance(one, Used)]


def test_a_message_that_quotes_another_one_is_counted() -> None:
    """Records that a model wrote into a tool's input are no request, and do not hide the one that they stand in."""
    quoted = json.loads(answered(1, 5, 7))
    line = json.loads(answered(2, 5, 7))
    line["message"]["content"] = [{"type": "tool_use", "id": "toolu_1", "name": "Write", "input": quoted}]
    facts = read(answered(1, 5, 7), json.dumps(line, separators=(",", ":")) + "\n", answered(2, 5, 7))

    assert ["msg_1:req_1", "msg_2:req_2"] == list(requests(facts))


def test_what_is_special_about_a_request_is_told() -> None:
    """Searches, geography, a batch and the fast mode have prices of their own."""
    special = {
        **records.usage(1, 2), "service_tier": "batch", "inference_geo": "us", "speed": "fast",
        "server_tool_use": {"web_search_requests": 4},
    }  # fmt: skip
    (used,) = requests(read(answered(1, of=special))).values()

    assert (4, "us", True, "claude-opus-5-5-fast") == (used.web_searches, used.geography, used.batch, used.model)


@pytest.mark.parametrize(("said_cost", "dollars"), [(0.25, 0.25), (1, 1.0), ("1", None), (True, None), (-1, None)])
def test_what_an_old_version_says_it_cost_is_told(said_cost: object, dollars: float | None) -> None:
    """The first versions wrote the cost into each line; what is no sum is none."""
    assert [dollars] == [one.dollars for one in requests(read(answered(1, 1, costUSD=said_cost))).values()]


def test_what_was_done_beside_a_message_is_a_request_of_its_own() -> None:
    """Compaction by the service and advice of another model are not in a message's own counts."""
    rounds = [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1000},
        {"type": "advisor_message", "model": "claude-other", "input_tokens": 9, "output_tokens": 8},
    ]
    found = requests(read(answered(1, of={**records.usage(23_000, 1000), "iterations": rounds})))

    assert {
        "msg_1:req_1": ("claude-opus-5-5", 23_000, 1000),
        "msg_1:req_1:0": ("claude-opus-5-5", 180_000, 3500),
        "msg_1:req_1:2": ("claude-other", 9, 8),
    } == {key: (one.model, one.input, one.output) for key, one in found.items()}


def test_what_was_written_to_the_cache_is_never_lost() -> None:
    """Older versions do not say for how long: then it was for five minutes."""
    old = {"input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 30}
    part = {**old, "cache_creation": {"ephemeral_1h_input_tokens": 10}}
    found = requests(read(answered(1, of=old), answered(2, of=part)))

    assert [(30, 0), (20, 10)] == [(one.write_5m, one.write_1h) for one in found.values()]


def test_a_request_without_its_own_id_is_known_by_what_it_has() -> None:
    """Not every service gives its requests ids; the message's, else the line's, is one too."""
    line = json.loads(answered(1, 1))
    del line["requestId"]
    bare = {**line, "message": {**line["message"], "id": None}}
    nameless = {**bare, "uuid": None}
    facts = read(*(json.dumps(one) + "\n" for one in (line, bare, nameless)))

    assert ["msg_1", "uuid-1"] == list(requests(facts))
    assert [Complaint("it has no id, so it cannot be counted once", "line 3")] == records.complaints(facts)


@pytest.mark.parametrize("word", ["\\ud800", "two\\nlines", "x" * 500, "\\u202eevil", "\\u0000"])
def test_a_name_that_is_none_does_not_get_in(word: str) -> None:
    """Half a character, a second line or a text of any length is no id, no folder and no agent."""
    told = said("x", agent=AGENT).replace(PROJECT, word)
    line = answered(1, 5, agent=AGENT, attributionAgent="AGENT").replace("msg_1", word).replace('"AGENT"', f'"{word}"')
    found = requests(read(told, line.replace(PROJECT, word), agent=AGENT))

    assert ["req_1"] == list(found)
    assert len(word) == 500 or ("", "") == found["req_1"].session[5:7]


def test_what_no_model_was_asked_for_is_passed_over() -> None:
    """Claude Code's own messages, what a tool's result says of usage, and lines of new kinds tell nothing."""
    synthetic = answered(1, 5, 5).replace("claude-opus-5-5", "<synthetic>")
    result = said("x", toolUseResult={"type": "assistant", "usage": records.usage(9, 9)})
    quoted = said(answered(2, 5, 5))
    unknown = '{"type":"api-request","role":"assistant","usage":{"input_tokens":3}}\n'

    assert [] == read(synthetic, result, quoted, unknown)


def test_an_agent_is_told_with_who_started_it() -> None:
    """Its name, the call and the starter come from beside its transcript; a copy of its prompt says its task."""
    path = records.transcript(
        Path.home(), said(f"Follow /p/.batchpack/runs/{RUN}/prompts/L1-2.md", agent=AGENT), answered(1, agent=AGENT),
        agent=AGENT,
    )  # fmt: skip
    records.describe(path, agentType="batchpack:backend-go", toolUseId="toolu_1", spawnDepth=1)
    (told,) = records.sessions(collected(Source(str(path), "1"))[0])

    assert (
        Session("claude_code", SESSION, AGENT, SESSION, "toolu_1", "batchpack:backend-go", PROJECT, RUN, "L1", 2)
        == told
    )


def test_the_file_behind_a_prompt_says_the_attempt() -> None:
    """An agent is told the short way to its prompt; what it reads there names run and attempt in full."""
    handed = said(f"```\nbatchpack result put {RUN} backend-go --attempt 2 --status DONE", agent=AGENT)
    lines = (said("Follow .batchpack/eaef/backend-go.md", agent=AGENT), answered(1, 1, agent=AGENT), handed)
    told = records.sessions(read(*lines, answered(2, 1, agent=AGENT), agent=AGENT))

    assert (RUN, "backend-go", 2) == told[-1][-3:]


def test_a_session_of_an_agent_is_that_agents() -> None:
    """`claude --agent` and a prompt given whole say for whom and for what a session works."""
    heading = f"# Task `L1-001`, attempt 2 of 5: x\n\nBranch: `batchpack/{RUN}/L1-001`."
    setting = json.dumps({"type": "agent-setting", "agentSetting": "worker", "sessionId": SESSION}) + "\n"
    (told,) = records.sessions(read(setting, said("a caveat", isMeta=True), said(heading), answered(1, 1)))

    assert ("worker", RUN, "L1-001", 2) == (told.agent, *told[-3:])


def test_the_project_of_a_work_tree_is_the_project() -> None:
    """Work trees of agents come and go; what is kept is whose they were."""
    below = (
        ".batchpack/worktrees/x",
        f".batchpack/runs/{RUN}/worktrees/L1/app",
        ".claude/worktrees/a1",
        ".worktrees/x",
    )
    for tree in (*(f"{PROJECT}/{path}" for path in below), f"{PROJECT}.worktrees/L1-001"):
        (told,) = records.sessions(read(said("x").replace(PROJECT, tree), answered(1, 1)))
        assert PROJECT == told.project


def test_a_copy_belongs_to_where_it_was_made() -> None:
    """A session that was forked off another one has its lines, which say whose they are."""
    told = requests(read(answered(1, 5, session="fork", requestSessionId=SESSION), answered(2, 5, session="fork")))

    assert [SESSION, "fork"] == [one.session.id for one in told.values()]


@pytest.mark.parametrize("count", [-1, 1.5, "7", True, [], MOST_OF_ONE + 1, 10**400], ids=lambda one: repr(one)[:12])
@pytest.mark.parametrize("name", ["input_tokens", "output_tokens", "cache_creation_input_tokens"])
def test_absurd_figures_are_told_and_not_counted(name: str, count: object) -> None:
    """One line that makes no sense costs nothing of the others."""
    facts = read(answered(1, 1), answered(2, of={**records.usage(1, 1), name: count}), answered(3, 1))

    assert ["msg_1:req_1", "msg_3:req_3"] == list(requests(facts))
    assert [Complaint(f"{name} is no number of tokens", "line 2")] == records.complaints(facts)


@pytest.mark.parametrize("of", [{}, {"tokens": 5}, [], "many", 5])
def test_usage_of_another_kind_is_told(of: object) -> None:
    """A version that counts otherwise is not taken for one that used nothing."""
    facts = read(answered(1).replace(json.dumps(records.usage(), separators=(",", ":")), json.dumps(of)))

    assert [Complaint("its usage has no figures that are known", "line 1")] == records.complaints(facts)
    assert {} == requests(facts)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"assistant","message":{"usage":{"input_tok',
        '"assistant" "usage"',
        "\x00" * 400,
        "<html>",
        "[" * 50_000 + '"usage""assistant"',
        '{"a":' * 50_000 + '"usage","assistant":1}',
    ],
    ids=["cut", "words", "zeros", "html", "deep", "deeper"],
)
def test_a_line_that_is_no_record_is_told_once(line: str) -> None:
    """What a crash or another program left in between is passed over, and the place of it said."""
    facts = read(answered(1, 1), line + "\n", answered(2, 1))

    assert ["msg_1:req_1", "msg_2:req_2"] == list(requests(facts))
    assert ["line 2"] == [one.where for one in records.complaints(facts)]


def test_a_record_behind_a_torn_line_is_not_lost() -> None:
    """A session that was killed while it wrote goes on in the same line."""
    facts = read(answered(1, 1), answered(2, 1)[:90] + answered(3, 4), answered(5, 1))

    assert ["msg_1:req_1", "msg_3:req_3", "msg_5:req_5"] == list(requests(facts))
    assert ["line 2"] == [one.where for one in records.complaints(facts)]


def test_a_file_of_something_else_has_one_complaint() -> None:
    """Thousands of foreign lines are one thing to tell."""
    assert [Complaint("no record of Claude Code; it was passed over", "line 1 and 4999 more")] == read("x = 1\n" * 5000)


@given(parts=st.lists(st.binary(max_size=40), max_size=12), whole=st.booleans())
def test_any_bytes_are_read(parts: list[bytes], whole: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing that stands in a file stops the reading, or hides a whole record on a line of its own."""
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_bytes(b"".join(parts) + b"\n" + answered(1, 5, 7).encode()[: None if whole else -1])
    facts, _ = collected(Source(str(path), "1"))

    assert [(5, 7)] == [(one.input, one.output) for one in requests(facts).values() if one.key == "msg_1:req_1"]
