"""The evidence of an attempt, on disk: the verdict for programs, and the words for the next attempt."""

from __future__ import annotations

import json
from pathlib import Path

from batchpack.attempts.result import Claim
from batchpack.attempts.verdict import Ended, Verdict
from batchpack.files import write_atomic
from batchpack.plaintext import clean

SCHEMA = 1
LONGEST = 20_000
"""Most characters that the next attempt is told."""


def write(into: Path, ended: Ended, verdict: Verdict) -> None:
    """Write `verdict.json` and, of a failure, `feedback.md` into an attempt's folder of evidence; raises Unwritable."""
    usage = ended.answer.usage
    facts = {
        "schema": SCHEMA, "task": ended.task.id, "attempt": ended.attempt, "exit_code": ended.code,
        "timed_out": ended.timed_out, "session": ended.answer.session, "usage": usage and usage._asdict(),
        "out": ended.out and str(ended.out), "err": ended.err and str(ended.err),
        "main_tree": list(ended.main_tree), **verdict.to_json(),
    }  # fmt: skip
    if verdict.feedback:
        write_atomic(into / "feedback.md", verdict.feedback)
    write_atomic(into / "verdict.json", json.dumps(facts, indent=1, ensure_ascii=True, default=str) + "\n")


def feedback(verdict: Verdict) -> str:
    """Say what is wrong with an attempt, for the one that follows: each problem, what shows it, its own advice."""
    parts = [f"- {problem.text}" for problem in verdict.problems]
    parts += [f"\n{problem.detail}" for problem in verdict.problems if problem.detail]
    said = verdict.said
    if isinstance(said, Claim) and said.feedback:
        parts.append(f"\nThe attempt itself advises: {said.feedback}")
    return clean("\n".join(parts))[:LONGEST] + "\n"
