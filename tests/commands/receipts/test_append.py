"""`receipts append`: on disk before it answers, refused to who lost the claim."""

from __future__ import annotations

import pytest

from tests.commands.receipts.conftest import Desk


def test_before_and_after_an_act(desk: Desk) -> None:
    """The receipt before an act names the act and the command for the one after it; both reach the task's body."""
    words = ("--what", "archive", "--task", "chunk-01", "--token", "1", "--item", "m 7", "--state", '{"in": "a"}')
    said = desk.receipts("append", "before", *words, "--", "mv", "--", "b/m 7", "a").assert_ok().out
    after = next(line for line in said.splitlines() if line.startswith("    batchpack")).split()
    told = desk.receipts(*after[2:]).assert_ok().out
    act = desk.acts()[0]

    assert told.endswith(f"act {act['act']} done.\n")
    assert (["mv", "--", "b/m 7", "a"], {"in": "a"}, [1, 2]) == (act["undo"], act["state"], act["receipts"])
    with desk.queue() as queue:
        assert 2 == queue.get("chunk-01").body.count(str(act["act"]))


def test_a_state_comes_from_standard_input(desk: Desk) -> None:
    """A state that is too long for a command line is read from standard input."""
    desk.receipts("append", "before", "--what", "x", "--state", "-", stdin='{"text": "long"}').assert_ok()
    assert {"text": "long"} == desk.acts()[0]["state"]


def test_a_worker_whose_claim_was_lost_is_refused(desk: Desk) -> None:
    """Who lost the claim is told so, with what to do, and no receipt is written."""
    with desk.queue() as queue:
        queue.requeue("chunk-01", force=True)
        queue.claim("worker-2")
    words = ("append", "before", "--what", "x", "--task", "chunk-01", "--token", "1")
    desk.receipts(*words).assert_failed("worker-2 has it now", "leave this task")
    assert [] == desk.acts()


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("during",), "'during' is not one of", 2),
        (("before",), "does not say what", 2),
        (("before", "--what", "x", "--state", "{"), "--state is no JSON", 2),
        (("before", "--what", "x", "--state", "NaN"), "NaN is no JSON", 2),
        (("before", "--what", "x", "--task", "chunk-01"), "needs its claim", 2),
        (("after", "--act", "0123456789ab", "--result", "done"), "has begun in this batch", 1),
        (("after", "--act", "0123456789ab"), "how the act ended", 2),
        (("before", "--what", "x", "--batch", "none"), "there is no batch of items 'none'", 1),
        (("before", "--what", "x", "--batch", "../x"), "cannot be the name of a batch", 2),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, words: tuple[str, ...], told: str, code: int) -> None:
    """A wrong word, state, act or batch is told in words."""
    desk.receipts("append", *words).assert_failed(told, code=code)
