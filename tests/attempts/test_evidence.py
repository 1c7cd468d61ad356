"""Evidence: what is kept of an attempt, and what of it reaches the next one."""

from __future__ import annotations

from batchpack.attempts import evidence
from batchpack.attempts.result import Claim
from batchpack.attempts.verdict import Problem, Verdict


def test_feedback_says_what_shows_it_and_what_the_attempt_advises() -> None:
    """Sentences first, then what shows them, then the agent's own advice, without what moves a terminal."""
    problems = (Problem("a", "one"), Problem("b", "two", "shown \x1b[2J"))
    told = evidence.feedback(Verdict("failed", problems=problems, said=Claim("failed", feedback="use b")))
    hidden = "\N{REPLACEMENT CHARACTER}"

    assert f"- one\n- two\n\nshown {hidden}[2J\n\nThe attempt itself advises: use b\n" == told


def test_feedback_has_an_end() -> None:
    """However much was printed, the next attempt's prompt stays of a size to be read."""
    assert len(evidence.feedback(Verdict("failed", problems=(Problem("a", "x", "y" * 100_000),)))) < 21_000
