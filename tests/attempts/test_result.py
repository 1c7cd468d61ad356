"""RESULT: found in any prose, the last one wins, and hostile content breaks nothing."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.attempts.result import Claim, NoResult, find, read

VERIFIED = {
    "task_id": "L1-001",
    "status": "verified",
    "attempt": 1,
    "worktree_path": "/path/.worktrees/L1-001",
    "branch": "worktree-L1-001",
    "commit_hash": "abc1234",
    "files_created": ["app/models/enums.py"],
    "verification_summary": "3/3 steps passed",
}
FAILED = {
    "task_id": "L1-001",
    "status": "failed",
    "attempt": 2,
    "error": {"type": "verification_failed", "step": "pytest tests/...", "message": "1 test failed"},
    "retry_feedback": "Fix validation in create_project",
}
WAYS = {
    "on its line": "RESULT:\n{}",
    "after prose": "All done.\n\nRESULT: {}\nBye!",
    "fenced": "Here you are\n```json\n{}\n```\nThat was it.",
    "word and fence": "**RESULT:**\n\n```json\n{}\n```",
    "bare": "{}",
    "after an older one": 'RESULT: {{"task_id": "L1-001", "status": "failed"}}\nand then\nRESULT:\n{}',
    "with other objects": 'It printed {{"a": 1}}\n{}\n{{"port": 3}}',
}


def claim(text: str, task: str = "L1-001") -> Claim:
    """Return the claim of a text that has one."""
    found = read(text, task)
    assert isinstance(found, Claim), found
    return found


@pytest.mark.parametrize("way", WAYS)
def test_it_is_found_however_it_is_written(way: str) -> None:
    """On a line of its own, fenced or bare, with prose around it, after an older one: the last RESULT is read."""
    found = claim(WAYS[way].format(json.dumps(VERIFIED, indent=2)))

    assert ("verified", "abc1234", ("app/models/enums.py",)) == (found.status, found.commit, found.files)
    assert ("3/3 steps passed", VERIFIED) == (found.summary, found.raw)


def test_a_failure_says_what_and_what_next() -> None:
    """A failed one has its error in a line, and the words for the next attempt."""
    found = claim(f"RESULT:\n{json.dumps(FAILED)}")

    assert ("failed", "verification_failed: pytest tests/...: 1 test failed") == (found.status, found.error)
    assert "Fix validation in create_project" == found.feedback


@pytest.mark.parametrize(
    ("said", "status"),
    [("DONE", "verified"), ("DONE_WITH_CONCERNS", "verified"), ("NEEDS_CONTEXT", "blocked"), ("abandoned", "failed")],
)
def test_the_words_of_envelopes_are_known(said: str, status: str) -> None:
    """The statuses of the pack's agents mean the same here."""
    assert status == claim(json.dumps({"status": said, "summary": "one line"})).status


@pytest.mark.parametrize(
    "facts",
    [
        {"no_change": "it is there already"},
        {"no_change": True, "reason": "it is there already"},
        {"no_change": {"reason": "it is there already"}},
    ],
)
def test_no_change_needs_its_reason(facts: dict[str, object]) -> None:
    """That nothing had to change counts with a reason only."""
    assert "it is there already" == claim(json.dumps({"status": "verified", **facts})).no_change
    assert "" == claim(json.dumps({"status": "verified", "no_change": True})).no_change


@pytest.mark.parametrize("key", ["paths", "requested_paths"])
def test_a_wider_scope_is_asked_for_with_paths_and_a_reason(key: str) -> None:
    """What a task wants to change beside its scope is read in both spellings."""
    found = claim(json.dumps({"status": "verified", "scope_expansion": {key: ["a.py", 3], "reason": "imports it"}}))

    assert (("a.py",), "imports it") == (found.expansion, found.reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no RESULT"),
        ("I am done, all tests pass.", "no RESULT"),
        ("RESULT: verified", "no RESULT"),
        ('RESULT: {"task_id": "L1-001", "status": "verif', "no RESULT"),
        ('RESULT: {"task_id": "L9", "status": "verified"}', "that of L9"),
        ('RESULT: {"task_id": "L1-001", "status": "great"}', "'great'"),
        ('RESULT: {"task_id": ["L1-001"], "status": "verified"}', "that of"),
        ('RESULT: {"task_id": "L1-001"}', "status of its RESULT is None"),
    ],
)
def test_without_a_usable_one_the_reason_is_told(text: str, reason: str) -> None:
    """No RESULT, half of one, another task's, an unknown status: each is said, with the last words."""
    found = read(text, "L1-001")

    assert isinstance(found, NoResult)
    assert reason in found.reason
    assert found.said


def test_a_batch_result_is_no_result() -> None:
    """The word is looked for whole, and the object after another word is found under that."""
    text = 'BATCH_RESULT:\n{"batch_number": 1}'

    assert None is find(text, "RESULT")
    assert {"batch_number": 1} == find(text, "BATCH_RESULT")


def test_hidden_characters_are_shown_as_such() -> None:
    """Escapes for the terminal and turned text in a claim do not reach a reader."""
    found = claim(json.dumps({"status": "failed", "error": "\x1b]0;x\x07\u202e red\nline"}))

    assert found.error.isprintable()


@pytest.mark.parametrize("text", ['{"a":' * 80_000, "{" * 400_000, "RESULT: {" * 40_000, '{"a": 1} ' * 50_000])
def test_floods_of_braces_take_no_time(text: str) -> None:
    """Nested, broken and endless objects end in a moment, without a claim."""
    began = time.monotonic()

    assert isinstance(read(text, "t"), NoResult)
    assert time.monotonic() - began < 5


@given(
    st.text(), st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
)
def test_whatever_is_said_it_never_raises(text: str, facts: dict[str, object]) -> None:
    """Any text with any object leads to a claim or to a reason."""
    assert isinstance(read(f"{text} RESULT: {json.dumps({**facts, 'status': 'verified'})}", "t"), Claim | NoResult)
    assert isinstance(read(text, "t"), Claim | NoResult)
