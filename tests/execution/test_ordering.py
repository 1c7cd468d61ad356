"""The order for an attempt, and what its agent is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

from batchpack.attempts.ladder import Rung
from batchpack.execution.journal import Draft
from batchpack.execution.ordering import order_for, write_prompt
from batchpack.executor import Order
from tests.execution.ground import Parts, make_run, task


def ordered(base: Path, rung: Rung, *drafts: Draft) -> tuple[Order, str]:
    """Return the order for an attempt at task a, and its prompt."""

    async def go() -> tuple[Order, str]:
        run = make_run(base, [task("a", prompt="Write the enums.", command="", agent="coder")])
        async with Parts(run, *drafts) as context:
            order = order_for(context, "a", rung, None)
            write_prompt(context, order, rung, None)
            return order, order.prompt.read_text()

    return asyncio.run(go())


def test_an_order_has_all_that_an_executor_needs(tmp_path: Path) -> None:
    """Task, attempt, folder, agent, model and session; the prompt holds the task's text."""
    order, text = ordered(tmp_path, Rung(2, model="strong", session="s1"))

    assert ("a", 2, tmp_path, "coder", "strong", "s1") == (
        order.task, order.attempt, order.folder, order.agent, order.model, order.session,
    )  # fmt: skip
    assert "Write the enums." in text


def test_the_next_attempt_is_told_what_failed(tmp_path: Path) -> None:
    """Each earlier failure with its reason, the last with its feedback."""
    tries = [
        Draft("judged", "a", 9, {"verdict": "paused", "reason": "a limit, not the task"}),
        Draft("judged", "a", 1, {"verdict": "failed", "reason": "first reason", "feedback": "old words"}),
        Draft("judged", "a", 2, {"verdict": "failed", "reason": "second reason", "feedback": "FAILED test_x"}),
    ]
    _, text = ordered(tmp_path, Rung(3), *tries)

    assert "first reason" in text
    assert "second reason" in text
    assert "FAILED test_x" in text
    assert "old words" not in text
    assert "a limit" not in text
