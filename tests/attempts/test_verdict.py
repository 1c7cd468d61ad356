"""The verdict as a value: its line, its records."""

from __future__ import annotations

import json

from batchpack.attempts.result import NoResult
from batchpack.attempts.verdict import Problem, Verdict
from batchpack.executor import Pause


def test_the_reason_is_one_line_of_all_that_is_wrong() -> None:
    """Problems stand one after another; a pause has its own reason; work that passed has none."""
    assert "one; two" == Verdict("failed", problems=(Problem("a", "one"), Problem("b", "two"))).reason
    assert "limit" == Verdict("paused", pause=Pause("limit")).reason
    assert ("", "nothing verified") == (Verdict("verified").reason, Verdict("verified").summary)


def test_it_can_be_written_down() -> None:
    """All of it is plain JSON, with what was said in place of a claim."""
    facts = json.loads(json.dumps(Verdict("failed", said=NoResult("none", "bye"), pause=Pause("x", 3.0)).to_json()))

    assert {"reason": "none", "said": "bye"} == facts["claim"]
    assert {"reason": "x", "seconds": 3.0, "mends": True} == facts["pause"]
